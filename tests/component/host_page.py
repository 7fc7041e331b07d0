"""The page around the editor in tests, as Streamlit would be: styles, shadow host, and what it is told."""

HOST_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Editor</title>
<link rel="stylesheet" href="/lb-assets/{css}">
<style>
 body {{ margin: 0; padding: 16px; background: var(--st-background-color); }}
 :root {{ --st-background-color: #ffffff; --st-text-color: #1c2433; --st-secondary-background-color: #f3f5f8;
   --st-border-color: #d9dee7; --st-primary-color: #0f766e; }}
 :root[data-dark] {{ --st-background-color: #10151d; --st-text-color: #e8ecf4; --st-secondary-background-color: #1b222d;
   --st-border-color: #303a4c; --st-primary-color: #16a394; }}
</style></head><body><div id="shadow"></div><script type="module">
 const asked = new URLSearchParams(location.search);
 if (asked.get("theme") === "dark") document.documentElement.dataset.dark = "";
 const {{ default: mount }} = await import("/lb-assets/{js}");
 const usual = document.getElementById("shadow");
 window.triggers = [];
 window.states = [];
 window.pageKeys = [];
 document.addEventListener("keydown", (event) => window.pageKeys.push(event.key));
 window.show = (data, parentElement = usual) => {{
   window.leave = mount({{ parentElement, data, setStateValue: (name, value) => window.states.push([name, value]),
     setTriggerValue: (name, value) => window.triggers.push([name, value]) }});
 }};
 window.show(JSON.parse(asked.get("data")));
</script></body></html>"""
