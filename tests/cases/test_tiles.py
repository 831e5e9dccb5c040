"""What may be the source of map tiles: its host is let into the Content-Security-Policy."""

import pytest

from cases.tiles import TileSourceRefused, checked_tile_source


@pytest.mark.parametrize(
    "address",
    [
        "https://tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org:8443/town/{z}/{y}/{x}@2x.png?key=a-b_c",
    ],
)
def test_an_address_with_a_host_and_three_gaps_is_taken(address: str) -> None:
    assert checked_tile_source(f" {address} ") == address


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://tiles.example.org/{z}/{x}/{y}.png", "begins with https"),
        ("https://tiles.example.org/{z}/{x}.png", "once each"),
        ("https://tiles.example.org/{z}/{x}/{y}/{y}.png", "once each"),
        ("https://{s}.example.org/{z}/{x}/{y}.png", "no {s}"),
        ("https://tiles.example.org/{z}/{x}/{y}{", "no {s}"),
        ("https://{z}.example.org/{x}/{y}.png", "no address of a host"),
        ("https:///{z}/{x}/{y}.png", "no address of a host"),
        ("https://*/{z}/{x}/{y}.png", "no address of a host"),
        ("https://a.example.org;script-src */{z}/{x}/{y}.png", "no address of a host"),
        ("https://a@b.example.org/{z}/{x}/{y}.png", "no address of a host"),
        ("https://tiles.example.org/{z}/{x}/{y}.png\nx", "no address of a host"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(address: str, why: str) -> None:
    with pytest.raises(TileSourceRefused, match=why):
        checked_tile_source(address)
