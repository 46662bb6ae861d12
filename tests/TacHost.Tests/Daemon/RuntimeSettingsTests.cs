using TacHost.Daemon;

namespace TacHost.Tests.Daemon;

public sealed class RuntimeSettingsTests
{
    [Fact]
    public void AddTo_Environment_RemoveFromRestoresIt()
    {
        List<string> added = [];
        RuntimeSettings.AddTo(added, new Dictionary<string, string>());
        var environment = added.Select(each => each.Split('=')).ToDictionary(each => each[0], each => each[1]);
        Assert.Equal("400000", environment["DOTNET_GCgen0size"]);
        Assert.Equal("00", environment["DOTNET_LTTng"]);
        Assert.Equal("00", environment["DOTNET_EnableDiagnostics"]);
        Assert.Equal(IcuLibrary.FindVersion() is { } version ? "0" + version : null, environment.GetValueOrDefault("DOTNET_ICU_VERSION_OVERRIDE"));
        environment["PATH"] = "/bin";
        RuntimeSettings.RemoveFrom(environment);
        Assert.Equal("PATH", Assert.Single(environment).Key);
    }

    [Theory]
    [InlineData("DOTNET_GCgen0size", "800000")]
    [InlineData("DOTNET_LTTng", "0")]
    [InlineData("DOTNET_EnableDiagnostics", "0")]
    [InlineData("DOTNET_ICU_VERSION_OVERRIDE", "72")]
    public void Setting_OfTheUser_IsLeftAlone(string name, string value)
    {
        Dictionary<string, string> environment = new() { [name] = value };
        List<string> added = [];
        RuntimeSettings.AddTo(added, environment);
        Assert.DoesNotContain(added, each => each.StartsWith(name, StringComparison.Ordinal));
        RuntimeSettings.RemoveFrom(environment);
        Assert.Equal(value, environment[name]);
    }
}
