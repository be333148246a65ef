"""Signing in, out and up; one's own account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from jiebang.accounts import services
from jiebang.common.errors import DomainError
from jiebang.demo import queries as demo
from jiebang.organizations import queries as units
from jiebang.taxonomy.models import District
from jiebang.web.access import Request, open_to_all, signed_in
from jiebang.web.account_forms import PasswordForm, SignInForm, SignUpForm
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render


class SignIn(LoginView):
    """Django's sign-in with our form; the demo city lists its accounts beside it."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo accounts, where there are any."""
        context = super().get_context_data(**kwargs)
        del context["site_name"]  # Django's is the host's name; ours comes with the frame
        return {**context, "demo_accounts": demo.accounts(), "demo_password": demo.password()}


sign_in = open_to_all(SignIn.as_view())


@open_to_all
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    return LogoutView.as_view()(request)


@open_to_all
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account and sign in with it; an invitation's address is kept through `next`."""
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k != "again"}
        try:
            services.sign_up(**data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            user = authenticate(request, username=data["username"], password=data["password"])
            if user is not None:
                login(request, user)
            messages.success(request, "注册成功。下一步请登记单位，或接受单位的邀请。")
            return redirect(_next(request) or "web:my-unit")
    status = 422 if form.errors else 200
    context = {"form": form, "next": _next(request)}
    return render(request, "accounts/sign_up.html", context, status=status)


@signed_in
def profile(request: Request) -> HttpResponse:
    """Show one's account: roles, units, what was granted."""
    districts = dict(District.objects.values_list("code", "name"))
    grants = [
        (grant.get_role_display(), districts.get(grant.scope, grant.scope))
        for grant in request.user.role_grants.all()
    ]
    roles = units.roles_of(request.user)
    mine = [(unit, roles[unit.pk]) for unit in units.units_of(request.user)]
    return render(request, "accounts/profile.html", {"grants": grants, "mine": mine})


@signed_in
def password(request: Request) -> HttpResponse:
    """Change one's password; other sessions and all tokens end, this session goes on."""
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        services.change_password(
            user=request.user, old=typed["old_password"], new=typed["new_password1"]
        )
        update_session_auth_hash(request, request.user)
        messages.success(request, "密码已修改，其他设备上的登录和接口令牌已失效。")
        return redirect("web:profile")
    status = 422 if form.errors else 200
    return render(request, "accounts/password.html", {"form": form}, status=status)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe else ""
