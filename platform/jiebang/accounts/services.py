"""Sign-up, roles, passwords."""

from collections.abc import Iterable

from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from jiebang.accounts.models import PlatformRole, RoleGrant, User
from jiebang.common.errors import Invalid


@transaction.atomic
def sign_up(
    *, username: str, password: str, display_name: str, email: str = "", phone: str = ""
) -> User:
    """Make an account; raises Invalid with a sentence at each field at fault."""
    user = User(
        username=username.strip(),
        display_name=display_name.strip(),
        email=email.strip().lower(),
        phone=phone.strip(),
    )
    faults: dict[str, list[str]] = {}
    try:
        validate_password(password, user)
    except ValidationError as error:
        faults["password"] = list(error.messages)
    user.set_password(password)
    try:
        user.full_clean(validate_constraints=False)
    except ValidationError as error:
        faults.update(error.message_dict)
    if User.objects.filter(username__iexact=user.username).exists():
        faults["username"] = ["这个用户名已被使用，请换一个"]
    if user.email and User.objects.filter(email__iexact=user.email).exists():
        faults["email"] = ["这个邮箱已注册过账号，可以直接登录"]
    if faults:
        raise Invalid("账号未创建，请按提示修改后再提交", code="sign_up_invalid", fields=faults)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:  # two people asked for one name in the same moment
        taken = {"username": ["用户名或邮箱刚刚被别人使用，请换一个"]}
        raise Invalid("账号未创建，请换一个用户名", code="name_taken", fields=taken) from error
    return user


@transaction.atomic
def change_password(*, user: User, old: str, new: str) -> None:
    """Give the account a new password; every token of the interface ends with the old one.

    Raises Invalid with a sentence at the password at fault. Who calls keeps its own session.
    """
    faults: dict[str, list[str]] = {}
    if not user.check_password(old):
        faults["old"] = ["原密码不正确，请重新输入"]
    try:
        validate_password(new, user)
    except ValidationError as error:
        faults["new"] = list(error.messages)
    if faults:
        raise Invalid("密码没有修改，请按提示处理", code="password_invalid", fields=faults)
    user.set_password(new)
    user.save(update_fields=["password"])
    apps.get_model("knox", "AuthToken").objects.filter(user=user).delete()


@transaction.atomic
def grant_role(
    *, user: User, role: PlatformRole, scopes: Iterable[str] = ("",), granted_by: User | None = None
) -> None:
    """Give a platform role, in each of the scopes; giving it twice changes nothing."""
    for scope in scopes:
        RoleGrant.objects.get_or_create(
            user=user, role=role, scope=scope, defaults={"granted_by": granted_by}
        )
    user.__dict__.pop("_roles", None)
