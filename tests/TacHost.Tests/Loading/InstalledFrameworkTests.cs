using System.Runtime.InteropServices;
using TacHost.Loading;

namespace TacHost.Tests.Loading;

/// <summary>The search for .NET by a program that does not run on it. These tests run on it, and know where it is.</summary>
[Collection<AloneCollection>]
public sealed class InstalledFrameworkTests : IDisposable
{
    private readonly string _variable = $"DOTNET_ROOT_{RuntimeInformation.ProcessArchitecture.ToString().ToUpperInvariant()}";
    private readonly string? _before;
    private readonly TemporaryDirectory _directory = new();

    public InstalledFrameworkTests() => _before = Environment.GetEnvironmentVariable(_variable);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(_variable, _before);
        _directory.Dispose();
    }

    [Fact]
    public void Find_OnThisMachine_IsWhatTheseTestsRunOn()
    {
        var running = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        Environment.SetEnvironmentVariable(_variable, _before ?? Path.GetFullPath(Path.Combine(running, "..", "..", "..")));
        Assert.Equal(running, InstalledFramework.Find());
    }

    [Theory]
    [InlineData("10.0.10", "9.0.1", "10.0.2", "10.0.10", "10.1.0", "11.0.0")]
    [InlineData("10.1.3", "9.0.1", "10.2.1", "10.1.3", "10.1.2", "11.0.0")]
    [InlineData("10.0.2", "10.0.2", "10.0.3-preview.1")]
    public void Find_AmongSeveral_TakesTheNewestPatchOfTheNearestMinorVersion(string expected, params string[] versions)
    {
        foreach (var version in versions)
            Directory.CreateDirectory(_directory[$"shared/Microsoft.NETCore.App/{version}"]);
        Environment.SetEnvironmentVariable(_variable, _directory["."]);
        Assert.Equal(expected, Path.GetFileName(InstalledFramework.Find()));
    }

    [Fact]
    public void Find_WhereThereIsNone_SaysWhereItLooked()
    {
        Directory.CreateDirectory(_directory["shared/Microsoft.NETCore.App/9.0.1"]);
        Environment.SetEnvironmentVariable(_variable, _directory["."]);
        var failure = Assert.Throws<TacHostException>(InstalledFramework.Find);
        Assert.Equal(ExitCode.Unavailable, failure.ExitCode);
        Assert.Contains(_directory["shared"].TrimEnd('/'), failure.Message.Replace("/./", "/", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
