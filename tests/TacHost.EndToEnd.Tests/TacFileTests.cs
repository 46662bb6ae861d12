using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><see cref="TacFile"/> of TacHost.Testing, with the real program.</summary>
[Collection<AloneCollection>]
public sealed class TacFileTests : IDisposable
{
    private readonly string? _before = Environment.GetEnvironmentVariable(TacFile.ProgramVariable);

    public TacFileTests() => Environment.SetEnvironmentVariable(TacFile.ProgramVariable, Program.Tachost);

    public void Dispose() => Environment.SetEnvironmentVariable(TacFile.ProgramVariable, _before);

    [Fact]
    public async Task Load_Deployment_HasItsTree()
    {
        var tree = await TacFile.LoadAsync(Path.Combine(Program.Root, "deployments", "two-poems.csx"), cancellationToken: TestContext.Current.CancellationToken).Soon();
        Assert.Equal(("two-poems", "Application"), (tree.Name, tree.Type));
        Assert.Equal(["ecstasy", "science"], tree.Services.Select(service => service.Name));
        Assert.Equal(["tcp:10011:interface=localhost"], tree.Find("science/TcpServer").Listens);
        Assert.Equal(["poetry/ecstasy.txt"], tree.Find("ecstasy/PoetryService").Files);
        var failure = Assert.Throws<KeyNotFoundException>(() => tree.Find("science/Nothing"));
        Assert.Equal("The service 'two-poems/science' has no child named 'Nothing'. It has 'PoetryService', 'TcpServer'.", failure.Message);
    }

    [Fact]
    public async Task Load_BrokenTacOrNoProgram_SaysWhy()
    {
        await using var sandbox = new Sandbox();
        var tac = sandbox.PathOf(sandbox.Write("bad.csx", "var application = new Nothing();"));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TacFile.LoadAsync(tac, cancellationToken: TestContext.Current.CancellationToken).Soon());
        Assert.Contains("has no tree, because tachost exited with 65", failure.Message, StringComparison.Ordinal);
        Assert.Contains("error CS0246", failure.Message, StringComparison.Ordinal);

        Environment.SetEnvironmentVariable(TacFile.ProgramVariable, "/nowhere/tachost");
        failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TacFile.LoadAsync(tac, cancellationToken: TestContext.Current.CancellationToken).Soon());
        Assert.Contains("Cannot run '/nowhere/tachost'", failure.Message, StringComparison.Ordinal);
    }
}
