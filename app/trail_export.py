"""The audit trail as a package that verifies itself, for the browser to keep."""

import tempfile

from flask import Blueprint, Response, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from app.changes import of_whole_site
from app.context import AppContext
from app.guard import needs, requires
from app.trail_query import trail_query
from facility.roles import Right
from storage.records.trail import audit_export
from storage.records.trail.audit_export import NothingToExportError

IN_MEMORY = 8 * 1024 * 1024
"""Bytes up to which a package waits in memory; a longer one in a file of the system's temporary folder."""


def routes(context: AppContext) -> Blueprint:
    """`/audit/export.zip?from=2026-10-01&to=2026-10-31`; without days the whole trail."""
    exporting = Blueprint("trail_export", __name__)

    @exporting.get("/audit/export.zip")
    @requires(Right.EXPORT)
    def export() -> AnyResponse:
        person = needs(context, Right.READ_TRAIL)
        of_whole_site(context)
        site, now = context.site(), context.clock()
        query = trail_query(request.args.to_dict(flat=False))
        package = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (whoever sends it closes it)
        try:
            with context.records.reading() as connection:
                exported = audit_export.write(
                    connection, package, site.id, now, person.account, query.period(site.timezone)
                )
        except NothingToExportError as error:
            return Response(f"{error}\n", 404, {"Content-Type": "text/plain; charset=utf-8"})
        name = f"audit-trail-{site.id}-{exported.first}-{exported.last.seq}.zip"
        with context.records.transaction() as connection:
            audit_export.on_record(connection, now, person.actor, exported, name)
        package.seek(0)
        return send_file(package, "application/zip", as_attachment=True, download_name=name, max_age=0)

    return exporting
