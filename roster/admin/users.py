"""Pages of users and groups: Django's own, their writes in changesets like all others."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import admin as auth_admin
from django.http import HttpRequest, HttpResponse

from roster.admin import generic
from roster.admin.base import RosterAdmin
from roster.admin.forms.conflicts import MergingForm
from roster.admin.forms.reasons import ReasonForm, changeset_of


class UserEditForm(ReasonForm, MergingForm, generic.UserChangeForm):
    pass


class UserAddForm(ReasonForm, generic.UserCreationForm):
    pass


class PasswordForm(ReasonForm, generic.PasswordChangeForm):
    pass


class UserAdmin(RosterAdmin, generic.UserAdmin):
    form = UserEditForm
    add_form = UserAddForm
    change_password_form = PasswordForm
    readonly_fields = ("last_login", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active")

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with changeset_of(request):
            return super().user_change_password(request, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not for one's own account: its deletion could not be recorded as one's act."""
        return super().has_delete_permission(request, obj) and obj != request.user


class GroupAdmin(RosterAdmin, auth_admin.GroupAdmin):
    fields = ("name", "permissions")
