"""Pages for people: templates (Jinja, always escaping), their texts in English and Arabic, and one style sheet.

No page has a script or a style within it, so the strictest content security policy suits them. The explorer and the
query page are built from web/ (``built``); all others do without a script. Every stretch of
text that comes from the store is isolated and has its own direction and language.
"""

from diplograph.server.pages.rendering import error_page, language_of, page, shower_of, style_sheet
from diplograph.server.pages.showing import Shower, Shown

__all__ = ["Shower", "Shown", "error_page", "language_of", "page", "shower_of", "style_sheet"]
