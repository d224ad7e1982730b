namespace Nura.Hosting.Dashboard.Pages;

/// <summary>The frame of every page. The script refreshes <c>main</c> when the server says that something changed.</summary>
internal static class Layout
{
    private static readonly (string Path, string Text, string Icon)[] s_pages =
    [
        ("/", "Resources", "M3 4h8v7H3zM13 4h8v7h-8zM3 13h8v7H3zM13 13h8v7h-8z"),
        ("/console", "Console", "M3 4h18v16H3zM6 9l3 3-3 3M11 15h6"),
        ("/logs", "Logs", "M4 6h16M4 10h16M4 14h11M4 18h8"),
        ("/traces", "Traces", "M3 5h10v3H3zM8 11h9v3H8zM14 17h7v3h-7z"),
        ("/metrics", "Metrics", "M3 20h18M4 16l5-6 4 3 7-9"),
    ];

    public static Html Page(string application, string title, string path, Html main, bool live = true) => Html.Of(
        $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
        <title>{title} · {application}</title><link rel="icon" href="/assets/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/assets/dashboard.css"><script src="/assets/dashboard.js" defer></script></head>
        <body><a class="skip" href="#main">Skip to content</a>
        <aside><a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28"><span>{application}<small>Dashboard</small></span></a>
        <nav aria-label="Pages">{s_pages.Select(page => Html.Of(
            $"""<a href="{page.Path}"{(IsCurrent(page.Path, path) ? Html.Of($""" aria-current="page" """) : default)}><svg viewBox="0 0 24 24" aria-hidden="true"><path d="{page.Icon}"/></svg><span>{page.Text}</span></a>"""))}</nav>
        <p id="connection" role="status">{(live ? "Live" : "")}</p></aside>
        <main id="main" tabindex="-1"{(live ? Html.Of($" data-live") : default)}>{main}</main><div id="notices" role="status" aria-live="polite"></div></body></html>
        """);

    /// <summary>A page without the navigation: for those who are not logged in.</summary>
    public static Html Plain(string application, string title, Html main) => Html.Of(
        $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
        <title>{title} · {application}</title><link rel="icon" href="/assets/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/assets/dashboard.css"></head>
        <body class="plain"><main id="main"><img src="/assets/icon.svg" alt="" width="48" height="48">{main}</main></body></html>
        """);

    private static bool IsCurrent(string page, string path) =>
        page == "/" ? path == "/" || path.StartsWith("/resources/", StringComparison.Ordinal) : path.StartsWith(page, StringComparison.Ordinal);
}
