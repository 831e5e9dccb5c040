"""The language of an answer, as Django chooses it, except that the office has one address in every language."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware

OFFICE = "/office/"
NOT_FOUND = 404


class LanguageMiddleware(LocaleMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Django looks for a missing address under /en/ and so on; the office's is not there."""
        if response.status_code == NOT_FOUND and request.path_info.startswith(OFFICE):
            return response
        answer: HttpResponseBase = super().process_response(request, response)
        return answer
