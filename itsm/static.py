"""How collected files are named and served."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Names with a digest in them, also inside our JavaScript modules, which import each other."""

    support_js_module_import_aggregation = True
