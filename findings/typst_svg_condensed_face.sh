#!/usr/bin/env bash
# typst 0.15.2: an SVG picture's words vanish, with no warning, if they ask for a
# condensed face by the only family name that its file has.
#
# The file calls its family (name 1) "IBM Plex Sans Condensed". typst files it under
# "IBM Plex Sans", stretch 75 %, and warns when a document's own text asks for the full
# name. Text in an SVG picture that asks for it is not drawn at all, in silence; with
# font-family="IBM Plex Sans" it is. Browsers and rsvg know the face by the file's name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent @expo-google-fonts/ibm-plex-sans-condensed@0.4.1 \
  @expo-google-fonts/lora@0.4.2 > packed
mkdir fonts
for archive in $(cat packed); do tar xzf "$archive"; cp package/400Regular/*.ttf fonts; done
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check typst==0.15.2 pypdf==7.1.1
cat > asked.py <<'PYTHON'
import io

import pypdf
import typst

FONTS = typst.Fonts(
    include_system_fonts=False, include_embedded_fonts=False, font_paths=["fonts"]
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 20"><text y="15"'
    ' font-family="{}">tulip</text></svg>'
)


def compiled(source: str) -> str:
    """Return the words that the page shows, and how many warnings there were."""
    compiler = typst.Compiler(source.encode(), font_paths=FONTS)
    made, warnings = compiler.compile_with_warnings(format="pdf")
    page = pypdf.PdfReader(io.BytesIO(made)).pages[0]
    return f"{page.extract_text().strip()!r}, {len(warnings)} warnings"


def picture(family: str) -> str:
    """Return a document that is an SVG picture with a word in it."""
    svg = SVG.format(family).replace('"', '\\"')
    return f'#image(bytes("{svg}"), format: "svg")'


name = "IBM Plex Sans Condensed"
print("text:", compiled(f'#set text(font: ("{name}", "Lora"))\ntulip'))
print("picture:", compiled(picture(name)))
print("picture, half the name:", compiled(picture("IBM Plex Sans")))
PYTHON
said=$(venv/bin/python asked.py)
echo "typst 0.15.2:"
echo "$said"
[ "$said" = "text: 'tulip', 1 warnings
picture: '', 0 warnings
picture, half the name: 'tulip', 0 warnings" ]
