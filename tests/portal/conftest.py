from tests.links.conftest import lasting_purpose, link, purpose

__all__ = ["lasting_purpose", "link", "purpose"]
