"""CSV and bundles: what goes out comes back. Files in, one changeset or nothing; tables out.

Reading knows files and no tables; columns and resources know tables and no files; runs bring the
two together.
"""
