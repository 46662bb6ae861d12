using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The examples of <c>docs/protocols.md</c>, taken from the page and run.</summary>
public sealed partial class ProtocolsPageTests
{
    /// <summary>The example, the text that a client sends before it finishes, and the whole answer.</summary>
    public static TheoryData<string, string, string> Examples => new()
    {
        { "echo.csx", "one\ntwo\r\n", "one\r\ntwo\r\n" },
        { "answers.csx", "a long line first\nb\n", "A LONG LINE FIRST\r\nB\r\n" },
        { "counter.csx", "hello\n", "you are number 1\r\nnumber 1 says hello\r\n" },
        { "reverse.csx", "5:abcde,1:x,", "5:edcba,1:x," },
        { "sum.csx", "1234", "10" },
    };

    private static Dictionary<string, string> OnThePage { get; } =
        Block().Matches(File.ReadAllText(Path.Combine(Program.Root, "docs", "protocols.md"))).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["code"].Value);

    [Fact]
    public void Examples_OnThePage_AreAllRun() =>
        Assert.Equal(Examples.Select(row => row.Data.Item1).Order(StringComparer.Ordinal), OnThePage.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_Started_AnswersAsThePageSays(string name, string sent, string answer)
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.Write(name, Example.WithFreePorts(OnThePage[name])));
        using var client = await Example.ConnectAsync(sandbox.Port());
        using StreamReader reader = new(client.GetStream());
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(sent), TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(answer, await reader.ReadToEndAsync(TestContext.Current.CancellationToken).Soon());
        await Example.StopAsync(sandbox);
    }

    [GeneratedRegex("```csharp file=(?<name>[a-z]+\\.csx)\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
