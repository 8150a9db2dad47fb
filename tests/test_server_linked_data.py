"""Every IRI that we mint can be looked up, in the form that is asked for; pages are sound, whatever is in the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from rdflib import Graph
from sample_graph import CALL, CALL_AGAIN, FINISHED, PARSER, VERSIONS, fill
from serving import Response, Server, serving
from web_pages import WebPage

from diplograph.model import Actor, Document, Place
from diplograph.quads import (
    actor_iri,
    actor_quads,
    document_graph,
    document_iri,
    document_quads,
    event_iri,
    shared_graph,
)
from diplograph.store import Store
from diplograph.vocabulary import BASE, DIP, load_vocabulary

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>"
ODD_IDS = ("a b", "100%", "what?#not", "plus+and&", "خبر/عاجل", "dots..", 'quo"te', "a%2Fb", "سطر\u200fعلامة")
FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
A_DOCUMENT = document_iri(CALL_AGAIN.id).value.removeprefix(BASE)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the sample graph, odd ids, and words that would be a program if they were not escaped."""
    path = tmp_path_factory.mktemp("linked") / "store"
    with Store.open(path) as store:
        fill(store)
        for id in ODD_IDS:
            document = replace(CALL, id=id, title=EVIL)
            store.replace(
                document_quads(document, (), PARSER, finished=FINISHED, **VERSIONS), [document_graph(id)]
            )
        evil = Actor("evil", "Person", EVIL, EVIL)
        odd = actor_iri("evil")
        store.inner.extend(actor_quads([evil], [Place("evil", EVIL, None)]))
        for link in ("javascript:alert(1)", "data:text/html,<b>", "https://example.org/a?b=c&d"):
            iri = link.replace("<", "%3C").replace(">", "%3E")
            same = NamedNode("http://www.w3.org/2002/07/owl#sameAs")
            store.inner.add(Quad(odd, same, NamedNode(iri), shared_graph("actors")))
    return path


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[Server]:
    with serving(directory, "--workers", "1") as running:
        yield running


@pytest.fixture(scope="module")
def minted(directory: Path) -> list[str]:
    """All IRIs of ours in the store, wherever they stand."""
    with Store.open(directory, read_only=True) as store:
        found = {
            node.value
            for quad in store.quads()
            for node in (quad.subject, quad.object, quad.graph_name)
            if isinstance(node, NamedNode) and node.value.startswith(BASE) and not node.value.startswith(DIP)
        }
    return sorted(found - {DIP.removesuffix("#"), f"{DIP.removesuffix('#')}/0.1.0"})


def path_of(iri: str) -> str:
    return "/" + iri.removeprefix(BASE)


def follow(server: Server, path: str, accept: str) -> Response:
    """The answer after a 303, as a browser gets it."""
    found = server.ask(path, headers={"Accept": accept})
    if found.status == 303:
        found = server.ask(found.headers["location"], headers={"Accept": accept})
    return found


def test_every_iri_is_there_in_turtle(server: Server, minted: list[str]) -> None:
    rooms = {iri.removeprefix(BASE).partition("/")[0] for iri in minted}
    assert rooms == {
        "document", "report", "mention", "activity", "event", "actor", "place", "graph", ".well-known",
    }  # fmt: skip
    assert len(minted) > 150
    for iri in minted:
        found = follow(server, path_of(iri), "text/turtle")
        assert found.status == 200, (iri, found.text)
        nodes = {
            node.value
            for quad in parse(found.body, format=RdfFormat.TURTLE)
            for node in (quad.subject, quad.object)
            if isinstance(node, NamedNode)
        }
        assert iri in nodes or "/graph/" in iri


def test_every_iri_has_a_page(server: Server, minted: list[str]) -> None:
    for iri in minted[::3]:
        found = follow(server, path_of(iri), "text/html")
        assert found.status == 200, (iri, found.text)
        page = WebPage(found.text)
        assert not page.faults, (iri, page.faults)
        assert iri in [element.text for element in page.all("code")]


@pytest.mark.parametrize("media_type", FORMATS)
def test_all_formats_say_the_same(server: Server, media_type: str) -> None:
    path = path_of(event_iri("threat-biden-russia").value)
    found = follow(server, path, media_type)
    assert found.headers["content-type"].partition(";")[0] == media_type
    triples = {str(quad.triple) for quad in parse(found.body, format=FORMATS[media_type])}
    turtle = follow(server, path, "text/turtle")
    assert triples == {str(quad.triple) for quad in parse(turtle.body, format=RdfFormat.TURTLE)}
    assert len(triples) > 8


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html", "text/html"),
        ("text/html;q=0.4, text/turtle;q=0.5", "text/turtle"),
        ("application/ld+json;q=0.9, text/turtle;q=0.8", "application/ld+json"),
        ("text/*", "text/turtle"),
        ("text/turtle;q=0, text/*", "text/html"),
        ("application/json", "application/json"),
        ("*/*", "text/turtle"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    ],
)
def test_the_best_form_is_chosen(server: Server, accept: str, expected: str) -> None:
    found = server.ask("/" + A_DOCUMENT, headers={"Accept": accept})
    assert found.status == 200
    assert found.headers["content-type"].partition(";")[0] == expected
    assert "accept" in found.headers["vary"].lower()


def test_what_cannot_be_had_is_said(server: Server) -> None:
    assert server.ask("/" + A_DOCUMENT, headers={"Accept": "image/png"}).status == 406
    wrong = server.ask(f"/{A_DOCUMENT}?format=docx")
    assert wrong.status == 400
    assert "ttl" in wrong.text and "docx" in wrong.text


def test_things_of_the_world_are_elsewhere(server: Server) -> None:
    for path in ("/event/threat-biden-russia", "/actor/Q7747", "/place/Q71"):
        found = server.ask(path, headers={"Accept": "text/turtle"})
        assert found.status == 303
        assert found.headers["location"] == f"{path}?format=ttl"
        there = server.ask(found.headers["location"])
        assert there.status == 200
        assert there.headers["content-location"] == f"{path}?format=ttl"
        assert f'<{BASE}{path[1:]}>; rel="describes"' in there.headers["link"]


def test_information_is_sent(server: Server) -> None:
    for path in ("/" + A_DOCUMENT, "/report/wire/call/1", "/mention/wire/call/0-4", "/activity/wire/call"):
        found = server.ask(path, headers={"Accept": "text/html"})
        assert found.status == 200
        assert found.headers["content-location"] == f"{path}?format=html"


def test_what_is_unknown_is_404_and_says_where_to_look(server: Server) -> None:
    for path in (
        "/event/nothing",
        "/actor/%3Cscript%3E",
        "/graph/nowhere",
        "/document/%ff%fe",
        "/report/x/1",
    ):
        found = server.ask(path)
        assert found.status == 404, path
        assert "/queries" in found.text
        page = server.ask(path, headers={"Accept": "text/html"})
        assert page.status == 404
        assert page.headers["content-type"].startswith("text/html")
        assert not WebPage(page.text).faults
        assert "<script" not in page.text


def test_head_is_get_without_a_body(server: Server) -> None:
    got, head = (server.ask("/" + A_DOCUMENT, method) for method in ("GET", "HEAD"))
    assert head.status == 200
    assert head.body == b""
    for name in ("content-type", "content-length", "etag", "content-location", "link"):
        assert head.headers[name] == got.headers[name]


def test_what_is_still_so_is_not_sent_again(server: Server) -> None:
    for path in ("/" + A_DOCUMENT, f"/{A_DOCUMENT}?format=html", "/graph/actors", "/ontology", "/"):
        first = server.ask(path)
        assert first.status == 200
        again = server.ask(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status, again.body) == (304, b""), path


def test_odd_ids_are_found(server: Server) -> None:
    for id in ODD_IDS:
        iri = document_iri(id).value
        found = server.ask(path_of(iri), headers={"Accept": "application/n-triples"})
        assert found.status == 200, id
        assert f"<{iri}> <{DIP}identifier> {Literal(id)} ." in found.text
    # a client may write letters as they are in UTF-8, or small hexadecimal digits
    lower = server.ask(quote("/document/خبر/عاجل").lower(), headers={"Accept": "text/turtle"})
    assert lower.status == 200


def test_a_graph_is_sent_whole(server: Server, directory: Path) -> None:
    found = server.ask("/graph/document/wire/call", headers={"Accept": "application/n-triples"})
    with Store.open(directory, read_only=True) as store:
        expected = {str(quad.triple) for quad in store.quads(document_graph("wire/call"))}
    assert {str(quad.triple) for quad in parse(found.body, format=RdfFormat.N_TRIPLES)} == expected


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_arabic_goes_right_to_left_and_says_what_it_is(server: Server) -> None:
    page = WebPage(follow(server, "/actor/Q7747", "text/html").text)
    assert page.all("html", lang="en", dir="ltr")
    assert any(found.text == "فلاديمير بوتين" for found in page.all("bdi", lang="ar", dir="rtl"))
    assert any(found.text == "Vladimir Putin" for found in page.all("bdi", lang="en", dir="ltr"))
    document = WebPage(server.ask(f"/{A_DOCUMENT}?format=html").text)
    assert [found.text for found in document.all("div", lang="ar", dir="rtl")] == [CALL_AGAIN.text]


@pytest.mark.parametrize(
    "path", ["/", "/queries", "/queries/events", "/ontology?format=html", "/actor/Q7747?format=html"]
)
def test_pages_are_there_in_arabic(server: Server, path: str) -> None:
    asked = server.ask(path + ("&" if "?" in path else "?") + "lang=ar", headers={"Accept": "text/html"})
    preferred = server.ask(
        path, headers={"Accept": "text/html", "Accept-Language": "fr, ar-SY;q=0.8, en;q=0.5"}
    )
    for found in (asked, preferred):
        assert found.headers["content-language"] == "ar"
        page = WebPage(found.text)
        assert page.all("html", lang="ar", dir="rtl")
        assert not page.faults
        assert "accept-language" in found.headers["vary"].lower()
    english = server.ask(path, headers={"Accept": "text/html", "Accept-Language": "en, ar;q=0.5"})
    assert english.headers["content-language"] == "en"


def test_a_language_once_chosen_stays(server: Server) -> None:
    """The switch keeps what else the address says, and a cookie keeps the choice for other pages."""
    english = WebPage(
        server.ask("/queries/events?status=denied&class=Summit", headers={"Accept": "text/html"}).text
    )
    [switch] = [link for link in english.links() if link.startswith("?")]
    assert switch == "?status=denied&class=Summit&lang=ar"
    arabic = server.ask("/queries/events" + switch, headers={"Accept": "text/html"})
    assert "selected" in arabic.text
    cookie = arabic.headers["set-cookie"].partition(";")[0]
    for path in ("/", "/queries", "/actor/Q7747?format=html"):
        found = server.ask(path, headers={"Accept": "text/html", "Cookie": f"a=b; {cookie}"})
        assert found.headers["content-language"] == "ar"
        assert found.headers["etag"] != server.ask(path, headers={"Accept": "text/html"}).headers["etag"]
        assert "set-cookie" not in found.headers
    assert (
        server.ask("/", headers={"Accept": "text/html", "Cookie": "lang=xx"}).headers["content-language"]
        == "en"
    )


def test_pages_have_no_program_and_no_style_of_their_own(server: Server, minted: list[str]) -> None:
    odd = [path_of(document_iri(id).value) for id in ODD_IDS]
    for path in ("/about", "/queries", "/queries/actors", "/ontology", "/actor/evil", "/place/evil", *odd):
        found = follow(server, path, "text/html")
        page = WebPage(found.text)
        assert not page.faults, (path, page.faults)
        for element in page.elements:
            assert element.tag not in ("script", "style", "img", "b", "iframe", "object"), path
            assert not [name for name in element.attributes if name.startswith("on") or name == "style"], path
            for name in ("href", "src", "action"):
                link = element.attributes.get(name, "")
                assert urlsplit(link).scheme in ("", "http", "https", "data"), (path, link)
                assert not link.startswith("data:") or link == "data:,"
        policy = found.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
    evil = WebPage(follow(server, "/actor/evil", "text/html").text)
    assert EVIL in [element.text for element in evil.all("bdi")]
    assert any(element.text == "javascript:alert(1)" for element in evil.all("bdi"))


def test_pages_can_be_used_without_seeing_them(server: Server) -> None:
    for path in ("/about", "/queries", "/queries/events-in-period", "/ontology", "/actor/Q7747"):
        page = WebPage(follow(server, path, "text/html").text)
        assert len(page.all("h1")) == 1
        assert len(page.all("main")) == 1
        assert page.all("title")[0].text.strip()
        assert page.all("meta", name="viewport")
        labelled = {label.attributes.get("for") for label in page.all("label")}
        for field in (*page.all("input"), *page.all("select")):
            assert field.attributes.get("type") == "hidden" or field.attributes["id"] in labelled
        for table in page.all("th"):
            assert table.attributes.get("scope") in ("col", "row")
        ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
        assert len(ids) == len(set(ids))
        for link in page.all("a"):
            assert link.text.strip(), (path, link.attributes)


def test_no_link_leads_nowhere(server: Server) -> None:
    waiting, seen = ["/", "/?lang=ar"], set[str]()
    while waiting and len(seen) < 250:
        path = waiting.pop(0).partition("#")[0]
        if not path or path in seen:
            continue
        seen.add(path)
        found = follow(server, path, "text/html, */*;q=0.5")
        assert found.status == 200, (path, found.text[:200])
        if found.headers["content-type"].startswith("text/html"):
            here = path.partition("?")[0]
            links = WebPage(found.text).links()
            waiting += [here + link if link.startswith("?") else link for link in links if link[0] in "/?"]
    assert len(seen) > 100


# --- The ontology ----------------------------------------------------------------------------------------------------


def test_terms_lead_to_the_ontology(server: Server) -> None:
    page = WebPage(server.ask("/ontology", headers={"Accept": "text/html"}).text)
    ids = {element.attributes.get("id") for element in page.elements}
    assert set(load_vocabulary().names()) <= ids
    assert {"PhoneCall", "participant", "planned"} <= ids


@pytest.mark.parametrize("path", ["/ontology", "/ontology/0.1.0", "/ontology/alignments/sem", "/shapes"])
def test_the_ontology_is_there_for_programs(server: Server, path: str) -> None:
    sizes = set()
    for media_type, format in FORMATS.items():
        found = server.ask(path, headers={"Accept": media_type})
        assert found.status == 200
        assert found.headers["content-type"].partition(";")[0] == media_type
        sizes.add(sum(1 for _ in parse(found.body, format=format)))
    assert len(sizes) == 1
    assert len(Graph().parse(data=server.ask(path).text, format="turtle")) == sizes.pop()


def test_what_the_ontology_has_not_is_said(server: Server) -> None:
    assert "0.1.0" in server.ask("/ontology/9.9").text
    assert "sem" in server.ask("/ontology/alignments/nothing").text
    assert {server.ask(path).status for path in ("/ontology/9.9", "/ontology/alignments/../../x")} == {404}


# --- Another base ----------------------------------------------------------------------------------------------------


def test_a_store_with_another_base_is_served_as_well(tmp_path: Path) -> None:
    base = "https://example.org/news/"
    with Store.open(tmp_path / "store", base=base) as store:
        document = Document("wire/خبر", "اتصل الرئيسان.", "a.txt", "عنوان")
        quads = document_quads(document, (), PARSER, finished=FINISHED, base=base, **VERSIONS)
        store.replace(quads, [document_graph(document.id, base=base)])
    with serving(tmp_path / "store", "--workers", "1", "--base", base) as server:
        path = "/document/" + quote(document.id)
        found = server.ask(path, headers={"Accept": "application/n-triples"})
        assert f"<{base}document/{quote(document.id)}>" in found.text
        page = WebPage(server.ask(path, headers={"Accept": "text/html"}).text)
        assert any(link.startswith("/activity/") or link == path for link in page.links())
        assert server.ask("/ontology", headers={"Accept": "text/html"}).status == 200
