"""Django's classes that are generic to the type checker and plain classes when they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import forms as auth_forms

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    ModelAdmin = admin.ModelAdmin[Any]
    StackedInline = admin.StackedInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
    InlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
    ModelChoiceField = forms.ModelChoiceField[Any]
    UserAdmin = auth_admin.UserAdmin[User]
    UserChangeForm = auth_forms.UserChangeForm[User]
    UserCreationForm = auth_forms.AdminUserCreationForm[User]
    PasswordChangeForm = auth_forms.AdminPasswordChangeForm[User]
else:
    ModelAdmin = admin.ModelAdmin
    StackedInline = admin.StackedInline
    ModelForm = forms.ModelForm
    InlineFormSet = forms.BaseInlineFormSet
    ModelChoiceField = forms.ModelChoiceField
    UserAdmin = auth_admin.UserAdmin
    UserChangeForm = auth_forms.UserChangeForm
    UserCreationForm = auth_forms.AdminUserCreationForm
    PasswordChangeForm = auth_forms.AdminPasswordChangeForm
