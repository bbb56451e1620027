"""What strangers may write into a campaign, a page title or a name."""

from __future__ import annotations

HOSTILE = (
    "<script>window.PWN=1</script>",
    "<img src=x onerror=window.PWN=2>",
    "<a href='https://evil.example/login'>log in</a>",
    "javascript:window.PWN=3",
    "%{label} %{customdata}",
    "</script><script>window.PWN=4</script>",
    "{{ 7 * 7 }} {% raw %}",
    "ab\u202ecba\u2066 \x1b[31mred\x00",
    '=HYPERLINK("https://evil.example")',
)  # fmt: skip
