namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary><c>--parallel</c>: how many deployments start at a time.</summary>
public sealed class ParallelTests
{
    private static readonly string[] _names = ["a", "b", "c", "d", "e"];

    [Fact]
    public async Task Starts_OfFive_AreTwoAtATimeForTheEmperorAndThreeForACommand()
    {
        await using FleetSandbox fleet = new();
        foreach (var name in _names)
            File.WriteAllText(fleet.PathOf($"{name}.csx"), Gate(name));

        var emperor = fleet.Sandbox.Start("emperor", "--parallel", "2", fleet.Directory);
        await Until.TrueAsync(() => fleet.ProcessesOf("a").Count + fleet.ProcessesOf("b").Count > 0, "the first start");
        var early = await fleet.FleetAsync("ls");
        Assert.Equal(69, early.ExitCode);
        Assert.Contains(" is still starting, and has no control socket yet. Try again.", early.Error, StringComparison.Ordinal);
        await EndOneByOneAsync(fleet, 2);
        await emperor.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal((0, "5 running\n"), (emperor.ExitCode, await emperor.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)));

        // The emperor's own limit holds for commands, too, so another one replaces it.
        Assert.Equal(0, (await fleet.StartAsync("--takeover", "--parallel", "4")).ExitCode);
        var command = fleet.Sandbox.Start("fleet", "restart", "--all", "--parallel", "3", "--fleet", fleet.Directory);
        await EndOneByOneAsync(fleet, 3);
        await command.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(0, command.ExitCode);
    }

    /// <summary>Ends the starts one after another. Before each, exactly as many are under way as may be.</summary>
    private static async Task EndOneByOneAsync(FleetSandbox fleet, int parallel)
    {
        HashSet<string> ended = [];
        while (ended.Count < _names.Length)
        {
            string[] Under() => [.. _names.Where(name => !ended.Contains(name) && File.Exists(fleet.Sandbox.PathOf($"{name}.begun")))];
            var expected = Math.Min(parallel, _names.Length - ended.Count);
            await Until.TrueAsync(() => Under().Length >= expected, $"{expected} starts after the end of {ended.Count}");
            Assert.Equal(expected, Under().Length);

            var first = Under()[0];
            ended.Add(first);
            fleet.Sandbox.Write($"{first}.end", "");
        }

        // For the next round. A start reads the file only once.
        foreach (var name in _names)
            await Until.TrueAsync(() => !File.Exists(fleet.Sandbox.PathOf($"{name}.end")), $"the end of the start of '{name}'");
    }

    /// <summary>Returns a tac whose start lasts until a file tells it to end.</summary>
    private static string Gate(string name) => $$"""
        class Gate : Service
        {
            protected override async Task OnStartAsync(CancellationToken cancellationToken)
            {
                File.WriteAllText("{{name}}.begun", "");
                while (!File.Exists("{{name}}.end"))
                    await Task.Delay(10, cancellationToken);
                File.Delete("{{name}}.begun");
                File.Delete("{{name}}.end");
            }
        }
        var application = new Application("{{name}}");
        new Gate().SetServiceParent(application);
        """;
}
