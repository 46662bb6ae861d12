using TacHost.Fleet;
using TacHost.Packages;
using TacHost.Scripting;

namespace TacHost.Tests;

/// <summary>The small files that the host writes for later: another user may have put a link where the new content is prepared.</summary>
public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("poem.state", ".new")]
    [InlineData("poem.csx.lock.json", ".PROCESS")]
    [InlineData("poem.csx.last-good", ".PROCESS")]
    public void Write_LinkWhereTheContentIsPrepared_IsNotFollowed(string name, string suffix)
    {
        File.WriteAllText(_directory["secret"], "a secret");
        File.CreateSymbolicLink(_directory[name + suffix.Replace("PROCESS", $"{Environment.ProcessId}", StringComparison.Ordinal)], _directory["secret"]);
        Write(name);

        Assert.Equal("a secret", File.ReadAllText(_directory["secret"]));
        Assert.Null(new FileInfo(_directory[name]).LinkTarget);
        Assert.NotEmpty(File.ReadAllBytes(_directory[name]));
        Assert.Equal(new[] { name, "secret" }.Order(), Directory.EnumerateFiles(_directory.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("poem.state")]
    [InlineData("poem.csx.lock.json")]
    public void Write_DirectoryThatIsMissing_SaysSo(string name)
    {
        var failure = Record.Exception(() => Write("none/" + name));
        Assert.True(failure is IOException or TacHostException, $"{failure}");
    }

    private void Write(string name)
    {
        if (name.EndsWith(".state", StringComparison.Ordinal))
            new UnitRecord("hash", 4711, "1", IsOff: false).Write(_directory[name]);
        else if (name.EndsWith(".json", StringComparison.Ordinal))
            new PackageLock { Framework = "net10.0", Requested = [], Packages = [] }.Write(_directory[name]);
        else
            Assert.Null(LastGoodFile.Write(_directory[name], new PreparedApplication.Tac(new CompiledTac("poem.csx", [], ["a.dll"], []), [], [], [])));
    }
}
