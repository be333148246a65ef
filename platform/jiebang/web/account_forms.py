"""Forms of signing in and up, and of one's own account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm

from jiebang.web.forms import ServiceForm


class SignInForm(AuthenticationForm):
    """User name or e-mail, and password."""

    error_messages = {
        "invalid_login": "用户名或密码不正确，请核对后再试；连续输错 5 次将暂停登录 15 分钟。",
        "inactive": "这个账号已停用，请联系本单位管理员或科技局。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["username"].label = "用户名或邮箱"


class SignUpForm(ServiceForm):
    """What an account needs."""

    display_name = forms.CharField(label="姓名", max_length=40)
    username = forms.CharField(
        label="用户名", max_length=40, help_text="字母、数字和 @ . + - _，登录时使用"
    )
    email = forms.EmailField(label="邮箱", help_text="接收单位邀请和通知，也可用来登录")
    phone = forms.CharField(label="手机", max_length=20, required=False)
    password = forms.CharField(
        label="密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少 10 位，不能全是数字，也不要用常见密码",
    )
    again = forms.CharField(
        label="再次输入密码", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_again(self) -> str:
        """See that both passwords are the same."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError("两次输入的密码不一致，请重新输入")
        return again


class PasswordForm(PasswordChangeForm):
    """The old password and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
