using CsCheck;
using Microsoft.Extensions.Logging;
using TacHost.CommandLine;
using TacHost.Logging;

namespace TacHost.Tests.CommandLine;

public sealed class HostRequestTests
{
    public static TheoryData<string, string, string> BadValues => new()
    {
        { "--csx", "", "--csx: '' is not the path of a tac file." },
        { "--set", "port", "--set: 'port' is not NAME=VALUE." },
        { "--set", "=1", "--set: '=1' is not " },
        { "--values", "", "--values: '' is not a path." },
        { "--start-timeout", "soon", "--start-timeout: 'soon' is not a time such as 30s, 5m or 1h30m, of at most 1d." },
        { "--start-timeout", "-1", "--start-timeout: '-1' is not a time such as 30s, 5m or 1h30m, of at most 1d." },
        { "--start-timeout", "0", "--start-timeout: '0' is not a time such as 30s, 5m or 1h30m, above 0 and of at most 1d." },
        { "--pidfile", "run/", "--pidfile: 'run/' is not the path of a file." },
        { "--grace", "1e9", "--grace: '1e9' is not a time such as 30s, 5m or 1h30m, of at most 1d." },
        { "--grace", "NaN", "--grace: 'NaN' is not " },
        { "--grace", "86401", "--grace: '86401' is not " },
        { "--grace", "24h1s", "--grace: '24h1s' is not " },
        { "--grace", "30m1h", "--grace: '30m1h' is not " },
        { "--logfile", "", "--logfile: '' is not the path of a file, or -." },
        { "--log-level", "info,web=wran", "--log-level: 'info,web=wran' is not one of trace, debug, info, warn, error, critical, none." },
        { "--log-level", "info,=warn", "--log-level: 'info,=warn' is not a level, or CATEGORY=LEVEL, with commas between them." },
        { "--log-level", "wran", "--log-level: 'wran' is not one of trace, debug, info, warn, error, critical, none. Did you mean 'warn'?" },
        { "--log-every", "dya", "--log-every: 'dya' is not one of hour, day, week, month. Did you mean 'day'?" },
        { "--log-age", "long", "--log-age: 'long' is not a " },
        { "--log-format", "jsno", "--log-format: 'jsno' is not one of text, json. Did you mean 'json'?" },
        { "--log-size", "big", "--log-size: 'big' is not a number of bytes such as 1000000, 500k or 10M, or 0 for any size." },
        { "--log-size", "99999999999999999999", "--log-size: '99999999999999999999' is not " },
        { "--log-size", "9999999999999999G", "--log-size: '9999999999999999G' is not " },
        { "--log-keep", "-3", "--log-keep: '-3' is not a number, 0 or more." },
        { "--log-keep", "ten", "--log-keep: 'ten' is not " },
        { "--syslog", "tcp://host", "is not a target, because " },
        { "--syslog", "nowhere", "is not a target, because " },
        { "--prefix", "", "--prefix: '' is not a word." },
        { "--prefix", "two words", "--prefix: 'two words' is not " },
        { "--facility", "loacl3", "Did you mean 'local3'?" },
        { "--logger", "", "--logger: '' is not the name of a type." },
        { "--metrics", "", "--metrics: '' is not a port or an endpoint." },
        { "--pidfile", "a\0b", "--pidfile: 'a\\u0000b' is not a path." },
        { "--lib", "", "--lib: '' is not a path." },
        { "--plugins", "", "--plugins: '' is not a path." },
        { "--rundir", "", "--rundir: '' is not the path of a directory." },
        { "--umask", "089", "--umask: '089' is not an octal number between 0 and 777, such as 022." },
        { "--umask", "1000", "--umask: '1000' is not " },
        { "--umask", "", "--umask: '' is not " },
        { "--uid", "", "--uid: '' is not the name or number of a user." },
        { "--gid", "", "--gid: '' is not the name or number of a group." },
        { "--chroot", "", "--chroot: '' is not a path." },
    };

    [Fact]
    public void Read_LogLevelWithCategories_SetsEach()
    {
        var log = Options("--log-level", "error,Microsoft.AspNetCore=warn,chat/TcpServer=trace", "x.csx").Log;
        Assert.Equal(LogLevel.Error, log.MinimumLevel);
        Assert.Equal([new("Microsoft.AspNetCore", LogLevel.Warning), new("chat/TcpServer", LogLevel.Trace)], log.Levels);
    }

    /// <summary>The times of the host are written as those of plugins, and a number alone is seconds.</summary>
    [Theory]
    [InlineData("45", 45)]
    [InlineData("1.5", 1.5)]
    [InlineData("45s", 45)]
    [InlineData("1m30s", 90)]
    [InlineData("250ms", 0.25)]
    [InlineData("1d", 86400)]
    public void Read_Time_TakesUnits(string text, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Options("--grace", text, "x.csx").Grace);
        Assert.Equal(TimeSpan.FromSeconds(seconds), Options($"--start-timeout={text}", "x.csx").StartTimeout);
    }

    [Fact]
    public void BadValues_Above_CoverEveryOptionThatTakesOne() =>
        Assert.Equal(
            HostCommandLine.Options.Where(option => option.TakesValue).Select(option => option.Name).Order(StringComparer.Ordinal),
            BadValues.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(BadValues))]
    public void Read_BadValue_NamesOptionValueAndWhatIsExpected(string option, string value, string said)
    {
        // --prefix and --facility count only with --syslog.
        string[] with = option is "--prefix" or "--facility" ? ["--syslog"] : [];
        var e = Assert.Throws<TacHostException>(() => HostRequest.Read([.. with, $"{option}={value}", "x.csx"]));

        Assert.Equal(ExitCode.Usage, e.ExitCode);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("--nodeamon", "Did you mean '--nodaemon'?")]
    [InlineData("--no-daemon", "Did you mean '--nodaemon'?")]
    [InlineData("--log-lvel=info", "Did you mean '--log-level'?")]
    [InlineData("--pidfiel", "Did you mean '--pidfile'?")]
    [InlineData("--frobnicate", "See tachost --help.")]
    [InlineData("--log-", "'--log-' is ambiguous: --log-level or --log-format or --log-size or --log-keep or --log-every or --log-age or --log-scopes.")]
    [InlineData("--n", "'--n' is ambiguous: --nodaemon or --no_save or --no-pidfile or --no-control.")]
    [InlineData("-x", "there is no option '-x'.")]
    [InlineData("-nx", "there is no option '-x' as in '-nx'.")]
    [InlineData("--nodaemon=yes", "--nodaemon does not take a value: '--nodaemon=yes'.")]
    [InlineData("@response", null)]
    public void Read_NoSuchOption_SaysTheNearest(string word, string? said)
    {
        if (said is null)
        {
            Assert.Equal(word, Assert.IsType<HostRequest.Run>(HostRequest.Read([word])).Options.TacFile);
            return;
        }

        var e = Assert.Throws<TacHostException>(() => HostRequest.Read([word, "x.csx"]));
        Assert.Equal(ExitCode.Usage, e.ExitCode);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TwistdsBundle_IsTaken()
    {
        var options = Options("-noy", "file.csx");

        Assert.True(options.NoDaemon);
        Assert.Equal("file.csx", options.TacFile);
        Assert.Null(options.Log.File);
    }

    [Fact]
    public void Read_ShortOptionWithItsValueJoined_TakesTheRestOfTheWord()
    {
        var options = Options("-nlother.log", "-u", "-1", "x.csx");

        Assert.Equal(Path.GetFullPath("other.log"), options.Log.File);
        Assert.Equal("-1", options.User);
    }

    [Fact]
    public void Read_RepeatedOption_TakesTheLast() =>
        Assert.Equal(TimeSpan.FromSeconds(2), Options("--grace", "1", "--grace=2", "x.csx").Grace);

    [Fact]
    public void Read_UniquePrefix_IsTaken() =>
        Assert.Equal(LogLevel.Debug, Options("--log-l", "debug", "x.csx").Log.MinimumLevel);

    [Fact]
    public void Read_AfterTwoDashes_EveryWordIsOne() =>
        Assert.Equal("--nodaemon", Options("--", "--nodaemon").TacFile);

    [Fact]
    public void Read_Syslog_TakesTheNextWordOnlyIfThatIsATarget()
    {
        var local = Options("--syslog", "x.csx");
        Assert.Equal(SyslogTarget.Local, local.Log.Syslog!.Target);
        Assert.Equal("x.csx", local.TacFile);
        Assert.Equal(SyslogTransport.Udp, Options("--syslog", "udp://127.0.0.1:514", "x.csx").Log.Syslog!.Target.Transport);
    }

    [Fact]
    public void Read_EmptyPidFile_MeansNone()
    {
        Assert.Null(Options("--pidfile=", "x.csx").PidFile);
        Assert.Null(Options("--no-pidfile", "x.csx").PidFile);
        Assert.Equal(Path.GetFullPath("tachost.pid"), Options("x.csx").PidFile);
    }

    [Fact]
    public void Read_ControlCharactersInAWord_AreEscapedInTheMessage()
    {
        var e = Assert.Throws<TacHostException>(() => HostRequest.Read(["--\u001b[31m\n"]));

        Assert.Contains("'--\\u001b[31m\\u000a'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp", true)]
    [InlineData("poetry-proxy2", true)]
    [InlineData("FTP", true)]
    [InlineData("ftp.csx", false)]
    [InlineData("./ftp", false)]
    [InlineData("ftp.txt", false)]
    [InlineData("@ftp", false)]
    public void Read_Word_IsAPluginUnlessItLooksLikeAFile(string word, bool isPlugin)
    {
        var options = Options("-n", word);

        Assert.Equal(isPlugin ? (null, word) : (word, (string?)null), (options.TacFile, options.Plugin));
    }

    [Fact]
    public void Read_WordsAfterAPlugin_AreItsOwn()
    {
        var options = Options("--pidfile=", "ftp", "--port", "1", "-n", "--help");

        Assert.Equal(["--port", "1", "-n", "--help"], options.Words);
        Assert.False(options.NoDaemon);
    }

    [Fact]
    public void Read_Plugins_AsksForTheListOrForOne()
    {
        Assert.Equal((PluginQuery.List, null), Ask("plugins"));
        Assert.Equal((PluginQuery.Why, "ftp"), Ask("--plugins", "/x", "plugins", "--why", "ftp"));
        Assert.Equal("there is no option '--wyh'. Did you mean '--why'?", Assert.Throws<TacHostException>(() => Ask("plugins", "--wyh")).Message);

        static (PluginQuery, string?) Ask(params string[] words) => HostRequest.Read(words) is HostRequest.ShowPlugins asked ? (asked.Question, asked.Name) : throw new InvalidOperationException();
    }

    [Theory]
    [InlineData("a.csx b.csx --out /x", "a.csx b.csx", "/x")]
    [InlineData("--out=/x a.csx", "a.csx", "/x")]
    [InlineData("a.csx", "a.csx", null)]
    public void Read_Compile_TakesFilesAndADirectory(string words, string files, string? directory)
    {
        var request = Assert.IsType<HostRequest.Compile>(HostRequest.Read(["compile", .. words.Split(' ')]));

        Assert.Equal((files, directory), (string.Join(' ', request.Files), request.Directory));
    }

    [Theory]
    [InlineData("compile", "'compile' takes other words: tachost compile FILE... [--out DIR].")]
    [InlineData("compile --out /x", "'compile' takes other words: tachost compile FILE... [--out DIR].")]
    [InlineData("compile a.csx --out", "--out needs a value: --out DIR.")]
    [InlineData("compile a.csx --uot /x", "there is no option '--uot'. Did you mean '--out'?")]
    [InlineData("compile --out= a.csx", "--out: '' is not a path.")]
    public void Read_CompileGoneWrong_SaysWhatItTakes(string words, string said) =>
        Assert.Equal(said, Assert.Throws<TacHostException>(() => HostRequest.Read(words.Split(' '))).Message);

    [Fact]
    public void Read_RandomWords_EitherMeansSomethingOrIsOneLineOfUsage()
    {
        var names = HostCommandLine.Options.SelectMany(option => option.Short is { } letter ? [option.Name, $"-{letter}"] : new[] { option.Name }).ToArray();
        var word = Gen.OneOf(
            OneOf(names),
            OneOf("x.csx", "--", "-", "", "completion", "manpage", "plugins", "compile", "--out", "--why", "ftp", "bash", "1", "0", "-1", "info", "json", "udp://h:1", "022", "a=b"),
            Gen.String[Gen.Char[' ', '~'], 0, 8],
            Gen.String[0, 6],
            Gen.Select(OneOf(names), Gen.String[Gen.Char[' ', '~'], 0, 6], (name, value) => $"{name}={value}"),
            Gen.Select(OneOf(names), Gen.Int[1, 8], (name, length) => name[..Math.Min(length, name.Length)]));
        word.Array[0, 7].Sample(
            words =>
            {
                try
                {
                    Assert.NotNull(HostRequest.Read(words));
                }
                catch (TacHostException e)
                {
                    Assert.Equal(ExitCode.Usage, e.ExitCode);
                    Assert.DoesNotContain(e.Message, char.IsControl);
                }
            },
            iter: 20_000);
    }

    private static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(index => words[index]);

    private static HostOptions Options(params string[] words) => Assert.IsType<HostRequest.Run>(HostRequest.Read(words)).Options;
}
