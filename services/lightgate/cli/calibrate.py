"""``calibrate``: fit the rating to your own judgements."""

from __future__ import annotations

import click

from lightgate.cli.output import print_json, say
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.domain.rating.quality import BandLimits


@click.command()
@as_json
@pass_session
def calibrate(session: Session, as_json: bool) -> None:
    """Fit the rating to your stars, or to what you approved and rejected.

    Both ratings are compared on photos that the fit has not seen; it is adopted only where it is clearly better.

    \b
    Example: lightgate calibrate
    """
    from lightgate.pictures.calibration import calibrate as fit_rating  # noqa: PLC0415 - numpy, which no other command needs

    house = session.house
    limits = BandLimits(**session.settings.bands.model_dump())
    report = fit_rating(house.store, house.folder, limits, house.route, house.now())
    if as_json:
        print_json(report)
        return
    say(f"{report.photos} photos with {report.basis}, rated by {report.model}.")
    say(f"Rank correlation of the default rating: {report.default:.3f}; of the fitted one: {report.fitted:.3f}.")
    if report.is_adopted:
        say(f"The fitted rating is used from now on; {report.rated} waiting photos were rated anew.")
        say("Workers that run take it up when they start again.")
    else:
        say("The default rating stays: the fitted one is not clearly better.")
        if report.rated:
            say(f"The fit of an earlier time is no longer used; {report.rated} waiting photos were rated anew.")
