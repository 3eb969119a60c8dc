"""Uploads go to disk as they come, and too large ones nowhere."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

OTHER_FIELDS = 1024**2  # bytes of a form beside its file, at most


class LimitedUpload(TemporaryFileUploadHandler):
    """Writes an upload to FILE_UPLOAD_TEMP_DIR, unless the request announces more than a file may have.

    Then its bytes are read and dropped, so that the browser hears the answer, and `request.too_large` is True.
    """

    too_large = False

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Look at the announced length."""
        self.too_large = content_length > settings.MAX_FILE_BYTES + OTHER_FIELDS
        if self.request is not None:
            self.request.too_large = self.too_large  # type: ignore[attr-defined]

    def new_file(self, *args: Any, **named: Any) -> None:
        """Begin a file. Raises SkipFile where it would be too large."""
        if self.too_large:
            raise SkipFile
        super().new_file(*args, **named)
