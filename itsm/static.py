"""How collected files are named and served."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Names with a digest in them, also inside our own JavaScript modules, which import each other."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",  # libraries' modules import things that they do not ship
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
