using TacHost.CommandLine;
using TacHost.Plugins;

namespace TacHost.Tests.Plugins;

public sealed class PluginErrorsTests
{
    [Fact]
    public void NotFound_OfAFileBasedProgram_SaysWhichFileAPluginIs()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory["mine.cs"], "");
        PluginCatalog catalog = new(((HostRequest.Run)HostRequest.Read(["--plugins", directory.Path, "mine"])).Options, (_, _) => throw new InvalidOperationException("It is compiled."));
        var said = $"here is no plugin 'mine': a plugin in a single file is a .csx file. Rename '{directory["mine.cs"]}', or build a library of it.";

        Assert.Equal((ExitCode.Usage, "t" + said), (PluginErrors.NotFound("mine", catalog).ExitCode, PluginErrors.NotFound("mine", catalog).Message));
        Assert.EndsWith($"\nT{said}\n", PluginDiagnosis.Explain("mine", catalog).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(".csx file", PluginErrors.NotFound("other", catalog).Message, StringComparison.Ordinal);
    }
}
