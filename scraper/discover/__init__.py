"""Outlet → sightings: feeds, sitemaps and front pages, and what an outlet's `admit` lets in."""
