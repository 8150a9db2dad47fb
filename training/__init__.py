"""The recipe of the Arabic models: from trees and articles to ``builder/models``. Not part of the package."""
