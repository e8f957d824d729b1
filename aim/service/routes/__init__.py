"""Addresses: a route names the job and hands it over."""
