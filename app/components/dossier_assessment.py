"""What is judged of an excursion: the form for who may, the words for who may not, and every earlier version."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from app import formats
from app.components.basics import icon, tagged
from app.dossier.gather import Dossier
from facility.language import _
from storage.records.assessments import Assessed, Assessment, Classification

FIELDS = ("classification", "cause", "explanation", "batches", "impact", "measures")


def assessment_card(dossier: Dossier, causes: Sequence[str], *, may: bool) -> Component:
    """The form where the person may assess it and it is not closed; else what holds."""
    saved = dossier.assessments[0] if dossier.assessments else None
    beside = _("Nobody has assessed it yet") if saved is None else _saved(dossier, saved)
    inside = _form(dossier, causes) if may else _said(dossier.assessed)
    return html.Section(
        [
            html.Header([html.H2(_("Assessment")), html.Span(beside, className="sec")]),
            dcc.Store(id="assessment-seen", data=saved.number if saved else 0),
            inside,
            _versions(dossier),
        ],
        className="card assessment",
    )


def assessed_of(values: dict[str, Any]) -> Assessed:
    """What the fields say."""
    texts = {name: (values[name] or "").strip() for name in ("cause", "explanation", "impact", "measures")}
    known = {one.value: one for one in Classification}
    return Assessed(known.get(values["classification"]), batches=tuple(values["batches"] or ()), **texts)


def field(name: str) -> str:
    """The id of a field."""
    return f"assessment-{name}"


def _form(dossier: Dossier, causes: Sequence[str]) -> Component:
    assessed = dossier.assessed
    batches = list(dict.fromkeys((*(run.batch for run in dossier.runs), *assessed.batches)))
    classes = [{"value": one.value, "label": formats.sentence(_(one))} for one in Classification]
    fields = [
        html.Div(
            [
                html.Div(_("Classification"), className="field-label", id="assessment-classification-label"),
                dmc.SegmentedControl(
                    id=field("classification"),
                    data=[{"value": "", "label": _("Open")}, *classes],
                    value=assessed.classification.value if assessed.classification else "",
                    size="sm",
                    **{"aria-labelledby": "assessment-classification-label"},
                ),
            ]
        ),
        dmc.Autocomplete(
            id=field("cause"),
            label=_("Cause, by its short name"),
            description=_("The same name for the same cause: similar excursions are found by it"),
            data=list(causes),
            value=assessed.cause,
            size="sm",
        ),
        _text("explanation", _("Root cause, in words"), assessed.explanation, className="whole"),
        dmc.MultiSelect(
            id=field("batches"),
            label=_("Batches with an impact"),
            data=batches,
            value=list(assessed.batches),
            placeholder=_("None of those made meanwhile") if batches else _("Nothing was made meanwhile"),
            clearable=True,
            size="sm",
        ),
        _text("measures", _("Corrective action, its reference"), assessed.measures),
        _text("impact", _("Impact on product"), assessed.impact, className="whole"),
    ]
    if dossier.assessments:
        fields.append(_text("reason", _("Why it is judged otherwise than before"), "", className="whole"))
    else:
        fields.append(html.Div(dmc.Textarea(id=field("reason")), hidden=True))
    return html.Div(
        [
            html.Div(fields, className="fields"),
            tagged(html.Div(id="assessment-problem", className="problem"), role="alert"),
            html.Div(
                html.Button([icon("check", small=True), _("Save")], id="assessment-save", className="btn p s"),
                className="inside",
            ),
        ]
    )


def _text(name: str, label: str, value: str, className: str = "") -> Component:  # noqa: N803  # as Dash spells it
    return html.Div(
        dmc.Textarea(id=field(name), label=label, value=value, autosize=True, minRows=2, size="sm"),
        className=className,
    )


def _said(assessed: Assessed) -> Component:
    none = _("not judged yet")
    told = {
        _("Classification"): formats.sentence(_(assessed.classification)) if assessed.classification else none,
        _("Cause"): assessed.cause or none,
        _("Root cause, in words"): assessed.explanation or none,
        _("Batches with an impact"): ", ".join(assessed.batches) or _("none"),
        _("Impact on product"): assessed.impact or none,
        _("Corrective action, its reference"): assessed.measures or _("none named"),
    }
    return html.Dl(
        [part for term, said in told.items() for part in (html.Dt(term), html.Dd(said))], className="facts"
    )


def _saved(dossier: Dossier, one: Assessment) -> str:
    return _(
        "Version {number}, saved {at} by {by}. Earlier versions stay readable.",
        number=one.number,
        at=formats.exactly(one.at, dossier.site.timezone, dossier.now),
        by=dossier.names.get(one.by, one.by),
    )


def _versions(dossier: Dossier) -> Component | None:
    if len(dossier.assessments) < 2:
        return None
    items = [
        html.Li(
            [
                html.Div(html.B(_saved(dossier, one).split(".")[0])),
                html.Div(one.reason, className="sec") if one.reason else None,
                _said(one.assessed),
            ]
        )
        for one in dossier.assessments[1:]
    ]
    return html.Details([html.Summary(_("Earlier versions")), html.Ol(items, className="plain")], className="inside")
