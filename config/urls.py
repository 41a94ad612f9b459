"""Every address of Roster: the admin site is the whole application, at the root."""

from __future__ import annotations

from django.urls import path

from roster.admin.site import site

urlpatterns = [path("", site.urls)]
