"""Whatever goes in, nothing in a clean drawing can run, load, or lead out of it."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facility.drawing import LARGEST, MOST_PARTS, DrawingError, drawing, left_out

SVG = "{http://www.w3.org/2000/svg}"
KEPT = {
    *("svg", "g", "defs", "symbol", "use", "text", "tspan", "path", "rect", "circle", "ellipse", "line", "polyline"),
    *("polygon", "linearGradient", "radialGradient", "stop", "clipPath", "pattern", "marker"),
}


def clean(inner: str) -> str:
    return drawing(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60">{inner}</svg>').markup


def assert_harmless(markup: str) -> None:
    """As a browser would read it: as XML."""
    for part in ElementTree.fromstring(markup).iter():
        assert part.tag.removeprefix(SVG) in KEPT
        for name, value in part.attrib.items():
            assert not name.lower().startswith("on")
            assert name not in ("style", "class", "src")
            assert name != "href" or re.fullmatch(r"#[\w.:-]+", value)
            assert "\\" not in value
            called = re.sub(r"url\(\s*[\"']?#[\w.:-]+[\"']?\s*\)", "", value)
            assert not re.search(
                r"(url|image|image-set|src|element|cross-fade|var|attr|env)\s*\(", called, re.IGNORECASE
            )


def test_shapes_text_and_paint_are_kept() -> None:
    found = drawing(
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]>'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 90 60">'
        '<linearGradient id="dusk"><stop offset="0" stop-color="#123"/></linearGradient>'
        '<g id="B101" transform="translate(3, 4)" style="fill: url(#dusk); stroke: rgb(1, 2, 3)">'
        '<path d="M0 0h9"/><text x="2">a &amp; b</text></g><use xlink:href="#B101" x="9"/></svg>'
    )
    root = found.root
    assert found.ids == {"dusk", "B101"}
    assert root.get("viewBox") == "0 0 90 60"
    assert [part.tag for part in root] == [SVG + "linearGradient", SVG + "g", SVG + "use"]
    room, use = root[1], root[2]
    assert room.attrib == {
        "id": "B101",
        "transform": "translate(3, 4)",
        "fill": "url(#dusk)",
        "stroke": "rgb(1, 2, 3)",
    }
    assert room[1].text == "a & b"
    assert use.get("href") == "#B101"


def test_a_drawing_without_viewbox_is_as_large_as_it_says() -> None:
    assert drawing('<svg width="297mm" height="210mm"/>').root.get("viewBox") == "0 0 297 210"


HOSTILE = (
    "<script>alert(1)</script>",
    "<script><![CDATA[alert(1)]]></script>",
    '<script xlink:href="https://elsewhere.example/x.js"/>',
    "<style>* { fill: url(https://elsewhere.example/x) }</style>",
    "<style>@import 'https://elsewhere.example/x';</style>",
    '<rect onclick="alert(1)" onload="alert(1)"/>',
    '<a href="javascript:alert(1)"><rect/></a>',
    '<a xlink:href="https://elsewhere.example"><rect/></a>',
    '<image href="https://elsewhere.example/x.png"/>',
    '<feImage xlink:href="https://elsewhere.example/x"/>',
    '<use href="https://elsewhere.example/x.svg#a"/>',
    '<use href="data:image/svg+xml;base64,PHN2Zz4=#x"/>',
    '<use xlink:href="//elsewhere.example#a" href="#a"/>',
    '<rect fill="url(https://elsewhere.example/#a)"/>',
    '<rect fill="url(#a) url(//elsewhere.example)"/>',
    '<rect fill="u\\72l(//elsewhere.example)"/>',
    '<rect fill="url/**/(//elsewhere.example)"/>',
    '<rect style="fill: url(//elsewhere.example); behavior: url(x)"/>',
    "<rect style=\"background-image: image-set('//elsewhere.example' 1x)\"/>",
    '<rect filter="url(//elsewhere.example)" mask="url(//elsewhere.example)"/>',
    "<foreignObject><body><img src=x onerror=alert(1)></body></foreignObject>",
    '<animate attributeName="href" values="javascript:alert(1)"/><set attributeName="onclick" to="alert(1)"/>',
    '<animateTransform onbegin="alert(1)"/>',
    '<handler type="text/ecmascript">alert(1)</handler><listener event="load"/>',
    "<title><style></title><img src=x onerror=alert(1)></style>",
    "<desc><![CDATA[</desc><script>alert(1)</script>]]></desc>",
    "<text><![CDATA[<script>alert(1)</script>]]></text>",
    "<p><svg><style><!--</style><img src=x onerror=alert(1)>--></p>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe><embed src="x"><object data="x"></object>',
    '<?xml-stylesheet href="https://elsewhere.example/x.css"?>',
    '<!ENTITY x SYSTEM "file:///etc/passwd">&x;',
    '<rect id="a&quot; onload=&quot;alert(1)"/>',
    '<g id="&lt;script&gt;"/>',
    '<RECT ONCLICK="alert(1)"/><sCrIpT>alert(1)</ScRiPt>',
    '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
)


@pytest.mark.parametrize("wild", HOSTILE)
def test_what_is_hostile_is_left_out(wild: str) -> None:
    markup = clean(f'{wild}<rect id="B101"/>')
    assert_harmless(markup)
    assert "elsewhere.example" not in markup


PIECES = st.one_of(
    st.sampled_from(HOSTILE),
    st.sampled_from(
        ["<g>", "</g>", "<svg>", "</svg>", "<text>", "</text>", "<![CDATA[", "]]>", "<!--", "-->", '"', "'"]
    ),
    st.text(max_size=12),
    st.builds(
        "<{} {}='{}'>".format,
        st.sampled_from(["rect", "g", "use", "script", "style", "image", "set", "a", "foreignObject", "svg"]),
        st.sampled_from(["href", "xlink:href", "onload", "style", "fill", "id", "src", "d", "transform", "to"]),
        st.text(max_size=20) | st.sampled_from(["javascript:alert(1)", "url(//x)", "#a", "fill:url(x)", "&#106;s:"]),
    ),
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_whatever_goes_in_comes_out_harmless_and_stays_as_it_is(wild: str) -> None:
    try:
        markup = clean(wild)
    except DrawingError as error:
        assert str(error)
        return
    assert_harmless(markup)
    assert drawing(markup).markup == markup


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no drawing in it"),
        ("<html><body>a page</body></html>", "there is no drawing in it"),
        ('<svg:svg xmlns:svg="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', "without a prefix"),
        ("<svg><rect/></svg>", "give its <svg> a viewBox"),
        ('<svg viewBox="0 0 0 9"/>', "its viewBox is empty"),
        ('<svg viewBox="0 0 nan 9"/>', "its viewBox is empty"),
        ("<svg>" + "x" * LARGEST, f"a floor plan has at most {LARGEST}"),
        ('<svg viewBox="0 0 9 9"><g id="a"><use href="#a"/></g></svg>', "a part of it uses itself: a"),
        ('<svg viewBox="0 0 9 9">' + "<g>" * 200, "more than 100 deep"),
    ],
)
def test_what_cannot_be_a_plan_is_told(text: str, said: str) -> None:
    with pytest.raises(DrawingError, match=re.escape(said)):
        drawing(text)


def test_parts_that_use_each_other_again_and_again_are_told() -> None:
    levels = "".join(f'<g id="a{n}">' + f'<use href="#a{n + 1}"/>' * 10 + "</g>" for n in range(9))
    with pytest.raises(DrawingError, match=f"more than {MOST_PARTS} times"):
        clean(levels + '<rect id="a9"/>')


def test_what_was_left_out_is_named() -> None:
    assert left_out("<svg><title/><sodipodi:view/><rect/><Image/><style>a</style></svg>") == ("image", "style")
