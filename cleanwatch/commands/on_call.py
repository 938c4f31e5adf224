"""`cleanwatch on-call`: who has the call, now or at a moment."""

from contextlib import closing
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from alerts import whom
from app import formats
from cleanwatch.opening import open_records
from cleanwatch.revisions import NoSiteError, SiteInForce
from cleanwatch.settings import Settings
from facility.instants import DAY, Instant, system_clock
from facility.on_call import local
from storage.records.people import accounts

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
AHEAD = 14 * DAY


@click.command("on-call")
@click.option("--at", type=MOMENT, help="At this moment, by the clock of the site; now where it is left out.")
def on_call(at: datetime | None) -> None:
    """Tell who is on call in each rota, and until when."""
    with closing(open_records(Settings(), system_clock)) as records:
        try:
            site = SiteInForce(records, system_clock).site
        except NoSiteError as error:
            raise click.ClickException(str(error)) from None
        now = system_clock()
        moment: Instant = now if at is None else local(at, ZoneInfo(site.timezone))
        with records.reading() as connection:
            duties = whom.duties(connection, site, moment, moment + AHEAD)
            names = accounts.names(connection)
    if not duties:
        click.echo("The site file has no rota: every alarm calls everybody who may answer.")
        return
    table = Table("Rota", "On call", "Account", "Until")
    for rota in site.on_call.rotas.values():
        duty = duties[rota.id][0]
        who = "nobody" if duty.account is None else names.get(duty.account, "no such account")
        until = "" if duty.end >= moment + AHEAD else formats.moment(duty.end, rota.timezone, moment)
        table.add_row(rota.name, who, duty.account or "", until)
    Console().print(table)
