namespace TacHost.Web.Tests.Fakes;

/// <summary>A real browser, without a window.</summary>
internal static class Chromium
{
    /// <summary>The document as it is once the page has loaded.</summary>
    public static Task<string> DumpAsync(Site site, string path) => RealClient.RunAsync(
        "chromium", "", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--proxy-server=direct://", $"--user-data-dir={site.Files["browser"]}", "--virtual-time-budget=10000", "--dump-dom", $"http://127.0.0.1:{site.Port}{path}");
}
