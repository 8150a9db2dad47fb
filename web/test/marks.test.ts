import { expect, test } from "vitest";
import { cut, directionOf, slice } from "../src/shared/marks";

test("characters beyond the first plane count once", () => {
  const text = "𝔸🕊️ قال بوتين";
  const begin = Array.from(text).join("|").split("|").indexOf("ب");
  const pieces = cut(text, [{ begin, end: begin + 5 }]);
  expect(pieces.map((piece) => piece.text)).toEqual(["𝔸🕊️ قال ", "بوتين"]);
  expect(slice(text, begin, begin + 5)).toBe("بوتين");
});

test("marks nest and overlap, and what is cut is the text again", () => {
  const marks = [{ begin: 2, end: 8 }, { begin: 4, end: 12 }, { begin: 4, end: 6 }, { begin: 40, end: 50 }];
  const pieces = cut("abcdefghijklmnop", marks, 0);
  expect(pieces.map((piece) => piece.text).join("")).toBe("abcdefghijklmnop");
  expect(pieces.find((piece) => piece.begin === 4)!.marks).toHaveLength(3);
  expect(pieces.find((piece) => piece.begin === 4)!.starting).toHaveLength(2);
});

test("a quote in the midst of a text", () => {
  expect(cut("cdef", [{ begin: 0, end: 3 }, { begin: 5, end: 99 }], 2).map((piece) => [piece.text, piece.marks.length]))
    .toEqual([["c", 1], ["de", 0], ["f", 1]]);
});

test("the direction is that of most letters", () => {
  expect(directionOf("𝔸🕊️ قال (PEACE 2.0) إنه سيلتقي الرئيس")).toBe("rtl");
  expect(directionOf("Biden said بوتين")).toBe("ltr");
  expect(directionOf("2022")).toBe("ltr");
});
