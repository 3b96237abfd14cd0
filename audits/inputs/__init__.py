"""What a management review looks at, compiled from the records as they are: one function for each input, reading only.

Each takes an `Asked` and gives Lines with a number of queries that does not grow with the records.
"""

from audits.inputs import assurance, services
from audits.inputs.lines import Asked, Line

COMPILERS = {
    "former-actions": assurance.former_actions,
    "nonconformities": assurance.nonconformities,
    "measurements": services.measurements,
    "audit-results": assurance.audit_results,
    "improvements": assurance.improvements,
    "feedback": services.feedback,
    "service-performance": services.service_performance,
    "suppliers": services.suppliers,
    "resources": services.resources,
    "changes": services.changes,
    "services": services.services,
}
"""By the keys of the framework's data; what is asked for in words only has none."""

__all__ = ["COMPILERS", "Asked", "Line"]
