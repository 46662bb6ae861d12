using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The tacs of docs/servers/web.md do what the page says.</summary>
public sealed partial class WebPageTests
{
    [Theory]
    [InlineData(0, "/poem.txt", "roses")]
    [InlineData(1, "/", "hello")]
    public async Task Example_OfThePage_Serves(int number, string path, string answer)
    {
        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        await using var sandbox = new Sandbox();
        var examples = Example().Matches(await File.ReadAllTextAsync(Path.Combine(Program.Root, "docs", "servers", "web.md"), TestContext.Current.CancellationToken));
        Directory.CreateDirectory(sandbox.PathOf("public"));
        sandbox.Write("public/poem.txt", "roses");
        sandbox.Write("page.csx", Port().Replace(examples[number].Groups["code"].Value, "(0").Replace("\"localhost\"", "\"127.0.0.1\"", StringComparison.Ordinal));
        var id = await sandbox.StartDaemonAsync("page.csx");
        Assert.Equal(answer, (await sandbox.RunAsync("curl", "-s", $"http://127.0.0.1:{Proc.PortOf(id)}{path}")).Output);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }

    [GeneratedRegex("```csharp[^\n]*\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();

    [GeneratedRegex(@"\(808\d")]
    private static partial Regex Port();
}
