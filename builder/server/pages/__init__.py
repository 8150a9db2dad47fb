"""Pages for people: templates (Jinja, always escaping), their texts in English and Arabic, and one style sheet.

Pages have no script and no style of their own, so the strictest content security policy suits them. Every stretch of
text that comes from the store is isolated and has its own direction and language.
"""

from diplograph.server.pages.rendering import error_page, language_of, page, shower_of, style_sheet
from diplograph.server.pages.showing import Shower, Shown

__all__ = ["Shower", "Shown", "error_page", "language_of", "page", "shower_of", "style_sheet"]
