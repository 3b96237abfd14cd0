"""Every address of the product, and the bare page."""

from django.urls import path

from bench.views import bare
from itsm.urls import urlpatterns as product

urlpatterns = [path("bench/bare/", bare), *product]
