using TacHost.Services.Plugins;
using TacHost.Services.Plugins.Infrastructure;

namespace TacHost.Services.Tests.Plugins;

/// <summary>Options that depend on each other, on the environment, and on how their class is written.</summary>
[Collection<AloneCollection>]
public sealed class OptionTableRulesTests
{
    [Fact]
    public void Read_RequiredNotGiven_NamesIt()
    {
        Assert.Equal("--poem FILE (the poem to serve) is required.", Assert.Throws<UsageException>(() => OptionParser.Parse<RequiringOptions>("--key=x")).Message);
        Assert.StartsWith("--poem FILE (the poem to serve) and --key TEXT (", Assert.Throws<UsageException>(() => OptionParser.Parse<RequiringOptions>()).Message, StringComparison.Ordinal);
        Assert.Equal("/etc/passwd", OptionParser.Parse<RequiringOptions>("--key=x", "--poem=/etc/passwd").Poem);
    }

    [Fact]
    public void Read_Environment_CountsUnlessGiven()
    {
        const string variable = "TACHOST_TEST_WIDTH", flag = "TACHOST_TEST_LOUD";
        try
        {
            Environment.SetEnvironmentVariable(variable, "7");
            Environment.SetEnvironmentVariable(flag, "yes");
            Assert.Equal((7, true), OptionParser.Parse<EnvironmentOptions>() is var read ? (read.Width, read.Loud) : default);
            Assert.Equal((8, false), OptionParser.Parse<EnvironmentOptions>("--width", "8", "--no-loud") is var given ? (given.Width, given.Loud) : default);

            Environment.SetEnvironmentVariable(variable, "wide");
            Assert.Equal("--width: 'wide' in the environment variable TACHOST_TEST_WIDTH is not a whole number.", Assert.Throws<UsageException>(() => OptionParser.Parse<EnvironmentOptions>()).Message);
            Environment.SetEnvironmentVariable(variable, "");
            Assert.StartsWith("--width NUMBER (the width) is required", Assert.Throws<UsageException>(() => OptionParser.Parse<EnvironmentOptions>()).Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
            Environment.SetEnvironmentVariable(flag, null);
        }
    }

    [Fact]
    public void Read_OptionsThatDoNotGoTogether_AreCheckedByTheClass()
    {
        Assert.Equal("--cert is missing, which --tls needs.", Assert.Throws<UsageException>(() => OptionParser.Parse<CheckedOptions>("--tls")).Message);
        Assert.True(OptionParser.Parse<CheckedOptions>("--tls", "--cert=x").WasChecked);
        Assert.Equal("--cert: 'x y' is not valid: no spaces, please", Assert.Throws<UsageException>(() => OptionParser.Parse<CheckedOptions>("--cert", "x y")).Message);
    }

    [Fact]
    public void Read_SubCommand_HasOptionsOfItsOwn()
    {
        var options = OptionParser.Parse<RepositoryOptions>("--quiet", "add", "--name=x", "one", "--two");

        Assert.Equal((true, "x", "one --two"), (options.Quiet, options.Add?.Name, string.Join(' ', options.Add!.Files)));
        Assert.Null(options.Remove);
        Assert.Null(OptionParser.Parse<RepositoryOptions>().Add);
        Assert.Equal("there is no sub-command 'ad'. Did you mean 'add'?", Assert.Throws<UsageException>(() => OptionParser.Parse<RepositoryOptions>("ad")).Message);
        Assert.StartsWith("FILE (the files) is required", Assert.Throws<UsageException>(() => OptionParser.Parse<RepositoryOptions>("add")).Message, StringComparison.Ordinal);
        var help = OptionTable.Of(typeof(RepositoryOptions)).Read(["remove", "--help"], "tachost repository", null);
        Assert.Equal((OptionQuery.Help, typeof(RemoveOptions), "tachost repository remove"), (help.Query, help.Table.Type, help.Command));
    }

    [Theory]
    [InlineData(typeof(TwoNamesOptions), "The options class TwoNamesOptions has two options with the name '--port'.")]
    [InlineData(typeof(TwoLettersOptions), "has two options with the name '-p', --port and --path.")]
    [InlineData(typeof(HelpingOptions), "names an option '--help', which every plugin has already.")]
    [InlineData(typeof(OddNameOptions), "names an option 'Port', but names are made of lower-case letters, digits and hyphens.")]
    [InlineData(typeof(ObjectOptions), "ObjectOptions.Thing is a Object, which no option can be")]
    [InlineData(typeof(FixedOptions), "FixedOptions.Port cannot be set")]
    [InlineData(typeof(AbstractOptions), "has no public constructor without parameters.")]
    public void Of_ClassThatCannotBe_SaysWhy(Type type, string said) =>
        Assert.Contains(said, Assert.Throws<InvalidOperationException>(() => OptionTable.Of(type)).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_LetterOfHelp_BelongsToThePluginThatTakesIt()
    {
        Assert.Equal("there", OptionParser.Parse<HostedOptions>("-h", "there").Host);
        Assert.Equal(OptionQuery.Help, OptionTable.Of(typeof(HostedOptions)).Read(["--help"], "", null).Query);
    }

    [Fact]
    public void Options_OfABaseClass_ComeFirst() =>
        Assert.Equal(["host", "more", "help", "version"], OptionTable.Of(typeof(DerivedOptions)).Options.Select(option => option.Name));

    [Fact]
    public void ServiceMaker_WithItsAttribute_NamesItselfAndMakesTheService()
    {
        IServiceMaker maker = new QuietServiceMaker();

        Assert.Equal(("quiet", "Does nothing.", typeof(HostedOptions)), (maker.TapName, maker.Description, maker.OptionsType));
        Assert.Equal("there", maker.MakeService(OptionParser.Parse<HostedOptions>("-hthere")).Name);
        Assert.Contains("has no [Plugin(", Assert.Throws<InvalidOperationException>(() => ((IServiceMaker)new NamelessServiceMaker()).TapName).Message, StringComparison.Ordinal);
    }

    public sealed class RequiringOptions
    {
        [Option("poem", "the poem to serve", Required = true)]
        public ExistingFile Poem { get; set; }

        [Option("key", "the key", Required = true)]
        public string Key { get; set; } = "";
    }

    public sealed class EnvironmentOptions
    {
        [Option("width", "the width", Required = true, EnvironmentVariable = "TACHOST_TEST_WIDTH")]
        public int Width { get; set; }

        [Option("loud", "whether it is loud", EnvironmentVariable = "TACHOST_TEST_LOUD")]
        public bool Loud { get; set; }
    }

    public sealed class CheckedOptions : IPostOptions
    {
        [Option("tls", "whether to speak TLS")]
        public bool Tls { get; set; }

        [Option("cert", "the certificate")]
        public string? Certificate { get; set => field = value!.Contains(' ', StringComparison.Ordinal) ? throw new ArgumentException("no spaces, please") : value; }

        public bool WasChecked { get; private set; }

        public void PostOptions() => WasChecked = !Tls || Certificate is not null ? true : throw new UsageException("--cert is missing, which --tls needs.");
    }

    public sealed class RepositoryOptions
    {
        [Option("quiet", 'q', "say nothing")]
        public bool Quiet { get; set; }

        [SubCommand("add", "Adds files.")]
        public AddOptions? Add { get; set; }

        [SubCommand("remove", "Removes files.")]
        public RemoveOptions? Remove { get; set; }
    }

    public sealed class AddOptions
    {
        [Option("name", "the name")]
        public string Name { get; set; } = "";

        [Operands("FILE", "the files", Required = true)]
        public IReadOnlyList<string> Files { get; set; } = [];
    }

    public sealed class RemoveOptions;

    public sealed class TwoNamesOptions
    {
        [Option("port", "one")]
        public Port One { get; set; }

        [Option("port", "two")]
        public Port Two { get; set; }
    }

    public sealed class TwoLettersOptions
    {
        [Option("port", 'p', "one")]
        public Port One { get; set; }

        [Option("path", 'p', "two")]
        public FilePath Two { get; set; }
    }

    public sealed class HelpingOptions
    {
        [Option("help", "me")]
        public bool Help { get; set; }
    }

    public sealed class OddNameOptions
    {
        [Option("Port", "me")]
        public Port Port { get; set; }
    }

    public sealed class ObjectOptions
    {
        [Option("thing", "me")]
        public object? Thing { get; set; }
    }

    public sealed class FixedOptions
    {
        [Option("port", "me")]
        public Port Port { get; } = 1;
    }

    public abstract class AbstractOptions;

    public class HostedOptions
    {
        [Option("host", 'h', "the host")]
        public string Host { get; set; } = "";
    }

    public sealed class DerivedOptions : HostedOptions
    {
        [Option("more", "more")]
        public int More { get; set; }
    }

    [Plugin("quiet", "Does nothing.")]
    public sealed class QuietServiceMaker : ServiceMaker<HostedOptions>
    {
        protected override IService MakeService(HostedOptions options)
        {
            var service = new MultiService();
            service.SetName(options.Host);
            return service;
        }
    }

    public sealed class NamelessServiceMaker : ServiceMaker<HostedOptions>
    {
        protected override IService MakeService(HostedOptions options) => new MultiService();
    }
}
