using System.Globalization;
using CsCheck;
using TacHost.Services.Plugins;
using TacHost.Services.Plugins.Infrastructure;

namespace TacHost.Services.Tests.Plugins;

public sealed class OptionTableTests
{
    public static TheoryData<string, string, Func<EveryKindOptions, object?>, string> Good => new()
    {
        { "--text", "two", options => options.Text, "two" },
        { "--any", "", options => options.Any, "" },
        { "--count", "-7", options => options.Count, "-7" },
        { "--few", "10", options => options.Few, "10" },
        { "--ratio", "1.25", options => options.Ratio, "1.25" },
        { "--port", "0", options => options.Port, "0" },
        { "--port", "65535", options => options.Port, "65535" },
        { "--real-port", "1", options => options.RealPort, "1" },
        { "--iface", "::1", options => options.Iface, "::1" },
        { "--iface", "", options => options.Iface, "" },
        { "--iface", "eth0.5", options => options.Iface, "eth0.5" },
        { "--address", "fe80::1", options => options.Address, "fe80::1" },
        { "--place", "[::1]:80", options => options.Place, "[::1]:80" },
        { "--network", "10.0.0.0/8", options => options.Network, "10.0.0.0/8" },
        { "--listen", "tcp:80:interface=127.0.0.1", options => options.Listen, "tcp:80:interface=127.0.0.1" },
        { "--upstream", "unix:/run/x", options => options.Upstream, "unix:/run/x" },
        { "--file", "/etc/passwd", options => options.File, "/etc/passwd" },
        { "--directory", "/etc/", options => options.Directory, "/etc/" },
        { "--path", "/nowhere/at all", options => options.Path, "/nowhere/at all" },
        { "--time", "1m30s", options => options.Time, "00:01:30" },
        { "--time", "250ms", options => options.Time, "00:00:00.2500000" },
        { "--time", "0.5h", options => options.Time, "00:30:00" },
        { "--time", "20", options => options.Time, "00:00:20" },
        { "--size", "10k", options => options.Size.Bytes, "10000" },
        { "--size", "1M", options => options.Size.Bytes, "1000000" },
        { "--size", "2G", options => options.Size.Bytes, "2000000000" },
        { "--colour", "red", options => options.Paint, "Red" },
        { "--colour", "dark-blue", options => options.Paint, "DarkBlue" },
        { "--url", "http://[::1]/x", options => options.Url, "http://[::1]/x" },
        { "--id", "6f9619ff-8b86-d011-b42d-00cf4fc964ff", options => options.Id, "6f9619ff-8b86-d011-b42d-00cf4fc964ff" },
        { "--level", "L3", options => options.Height, "L3" },
        { "--serve", "80=/etc/passwd", options => options.Serve[0], "[80, /etc/passwd]" },
        { "--numbers", "9", options => string.Join(' ', options.Numbers), "9" },
        { "--hosts", "a", options => string.Join(' ', options.Hosts), "a" },
    };

    public static TheoryData<string, string, string> Bad => new()
    {
        { "--text", "tow", "--text: 'tow' is not one of one, two. Did you mean 'two'?" },
        { "--count", "many", "--count: 'many' is not a whole number." },
        { "--count", "99999999999", "--count: '99999999999' is not " },
        { "--few", "0", "--few: '0' is not a whole number between 1 and 10." },
        { "--few", "11", "--few: '11' is not " },
        { "--ratio", "-1", "--ratio: '-1' is not a number, 0 or more." },
        { "--ratio", "NaN", "--ratio: 'NaN' is not " },
        { "--port", "65536", "--port: '65536' is not a port between 0 and 65535." },
        { "--port", "-1", "--port: '-1' is not " },
        { "--port", "", "--port: '' is not " },
        { "--port", "http", "--port: 'http' is not " },
        { "--real-port", "0", "--real-port: '0' is not a port, 1 or more." },
        { "--iface", "two words", "--iface: 'two words' is not an address, a host name or the name of a network interface." },
        { "--iface", "127.1", "--iface: '127.1' is not " },
        { "--iface", "300.0.0.1", "--iface: '300.0.0.1' is not " },
        { "--address", "1", "--address: '1' is not an IP address." },
        { "--address", "localhost", "--address: 'localhost' is not " },
        { "--place", "127.0.0.1", "--place: '127.0.0.1' is not an IP address and a port" },
        { "--place", "1:80", "--place: '1:80' is not " },
        { "--network", "10.0.0.0/33", "--network: '10.0.0.0/33' is not a network such as 10.0.0.0/8." },
        { "--listen", "tpc:80", "--listen: 'tpc:80' is not valid: " },
        { "--upstream", "80", "--upstream: '80' is not valid: " },
        { "--file", "/nowhere", "--file: '/nowhere' is not a file that exists." },
        { "--file", "/etc", "--file: '/etc' is not " },
        { "--directory", "/etc/passwd", "--directory: '/etc/passwd' is not a directory that exists." },
        { "--path", "", "--path: '' is not a path." },
        { "--path", "a\0b", "--path: '" },
        { "--time", "soon", "--time: 'soon' is not a time such as 30s, 5m or 1h30m, 1h or less." },
        { "--time", "61m", "--time: '61m' is not " },
        { "--time", "30m1h", "--time: '30m1h' is not " },
        { "--time", "-1s", "--time: '-1s' is not " },
        { "--time", "1s1s", "--time: '1s1s' is not " },
        { "--time", "", "--time: '' is not " },
        { "--time", "999999999999999999d", "--time: '999999999999999999d' is not " },
        { "--size", "10m", "--size: '10m' is not a number of bytes such as 1000000, 500k or 10M." },
        { "--size", "99999999999999G", "--size: '99999999999999G' is not " },
        { "--colour", "rde", "--colour: 'rde' is not one of red, dark-blue. Did you mean 'red'?" },
        { "--colour", "1", "--colour: '1' is not " },
        { "--url", "/x", "--url: '/x' is not a URL such as" },
        { "--id", "1", "--id: '1' is not valid: " },
        { "--level", "3", "--level: '3' is not a level such as L3." },
        { "--level", "L", "--level: 'L' is not " },
        { "--serve", "80", "--serve: '80' is not PORT=FILE with a port between 0 and 65535 and a file that exists." },
        { "--serve", "80=/nowhere", "--serve: '80=/nowhere' is not " },
        { "--numbers", "x", "--numbers: 'x' is not " },
        { "--flag", "yes", "--flag does not take a value: '--flag=yes'." },
        { "--lit", "", "--lit does not take a value: '--lit='." },
    };

    [Fact]
    public void Bad_Above_CoversEveryOptionThatCanBe() =>
        Assert.Equal(
            OptionTable.Of(typeof(EveryKindOptions)).Options.Select(option => "--" + option.Name).Except(["--any", "--hosts", "--help", "--version"]).Order(StringComparer.Ordinal),
            Bad.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Good))]
    public void Read_GoodValue_SetsTheProperty(string option, string value, Func<EveryKindOptions, object?> property, string expected)
    {
        var options = OptionParser.Parse<EveryKindOptions>($"{option}={value}");

        Assert.Equal(expected, Convert.ToString(property(options), CultureInfo.InvariantCulture));
        if (value.Length > 0 && value[0] != '-')
            Assert.Equal(expected, Convert.ToString(property(OptionParser.Parse<EveryKindOptions>(option, value)), CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Read_BadValue_NamesOptionValueAndWhatIsExpected(string option, string value, string said)
    {
        var e = Assert.Throws<UsageException>(() => OptionParser.Parse<EveryKindOptions>($"{option}={value}"));

        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Nothing_LeavesTheInitialisers()
    {
        var options = OptionParser.Parse<EveryKindOptions>();

        Assert.Equal((2121, "localhost", true, "1 2"), (options.Port.Number, options.Iface.Name, options.Lit, string.Join(' ', options.Numbers)));
        Assert.Null(options.File);
    }

    [Fact]
    public void Read_AsGetopt_BundlesJoinsAndShortens()
    {
        var options = OptionParser.Parse<EveryKindOptions>("-fp80", "-n", "7", "-n8", "--no-lit", "--rat", "2", "--hosts=a", "--hosts=b", "--");

        Assert.Equal((true, 80, false, 2d, "7 8", "a b"), (options.Flag, options.Port.Number, options.Lit, options.Ratio, string.Join(' ', options.Numbers), string.Join(' ', options.Hosts)));
        Assert.Equal(5, OptionParser.Parse<EveryKindOptions>("-c1", "-c", "5").Count);
        Assert.True(OptionParser.Parse<EveryKindOptions>("--no-lit", "-l").Lit);
    }

    [Theory]
    [InlineData("--prot", "there is no option '--prot'. Did you mean '--port'?")]
    [InlineData("--frobnicate", "there is no option '--frobnicate'. See tachost every --help.")]
    [InlineData("--f", "'--f' is ambiguous: --flag or --few or --file.")]
    [InlineData("-x", "there is no option '-x'. See tachost every --help.")]
    [InlineData("-fx", "there is no option '-x' as in '-fx'.")]
    [InlineData("--no-port", "there is no option '--no-port'")]
    [InlineData("--port", "--port needs a value: --port PORT.")]
    [InlineData("-p", "-p needs a value: -p PORT.")]
    [InlineData("word", "'word' is an unexpected argument.")]
    public void Read_NoSuchOption_SaysTheNearest(string word, string said)
    {
        var e = Assert.Throws<UsageException>(() => OptionTable.Of(typeof(EveryKindOptions)).Read([word], "tachost every", null));

        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RelativePaths_StartAtTheDirectory()
    {
        var options = (EveryKindOptions)OptionTable.Of(typeof(EveryKindOptions)).Read(["--file", "passwd", "--path", "x/../y", "--serve", "1=passwd"], "", "/etc").Options!;

        Assert.Equal(("/etc/passwd", "/etc/y", "/etc/passwd"), (options.File!.Value.Path, options.Path!.Value.Path, options.Serve[0].Value.Path));
    }

    [Theory]
    [InlineData("--help", OptionQuery.Help)]
    [InlineData("-h", OptionQuery.Help)]
    [InlineData("--version", OptionQuery.Version)]
    public void Read_Query_IsAnsweredBeforeValuesAreLookedAt(string word, OptionQuery query)
    {
        var reading = OptionTable.Of(typeof(EveryKindOptions)).Read(["--port", "x", word], "tachost every", null);

        Assert.Equal((query, null), (reading.Query, reading.Options));
    }

    [Fact]
    public void DefaultIn_EveryKind_IsReadAsTheSameValue()
    {
        var table = OptionTable.Of(typeof(EveryKindOptions));
        var options = table.CreateOptions();
        foreach (var option in table.Options.Where(option => option is { ValueName: not null, Repeats: false }))
        {
            if (option.DefaultIn(options) is { } text)
                Assert.Equal(text, option.DefaultIn(table.Read([$"--{option.Name}={text}"], "", null).Options!));
        }

        Assert.Equal(("1m30s", "1M", "dark-blue", "2121", "1, 2", "on"), (Default("time"), Default("size"), Default("colour"), Default("port"), Default("numbers"), Default("lit")));
        Assert.Null(Default("file"));

        string? Default(string name) => table.Options.Single(option => option.Name == name).DefaultIn(options);
    }

    [Fact]
    public void Read_AnyWords_ThrowsNothingButUsageException() =>
        Gen.String[Gen.Char["-=-abfhlnoprt0159.:/ é\0\\"], 0, 12].Array[0, 5].Sample(words =>
        {
            try
            {
                OptionParser.Parse<EveryKindOptions>(words);
            }
            catch (UsageException)
            {
                // The only way to say no.
            }
        });

    [Fact]
    public void Duration_Printed_IsReadAsTheSame() =>
        Gen.Long[0, 3_600_000].Sample(milliseconds =>
        {
            var time = TimeSpan.FromMilliseconds(milliseconds);
            var text = OptionTable.Of(typeof(EveryKindOptions)).Options.Single(option => option.Name == "time").DefaultIn(new EveryKindOptions { Time = time });
            Assert.Equal(time, OptionParser.Parse<EveryKindOptions>("--time", text!).Time);
        });

    [Fact]
    public void ByteSize_Printed_IsReadAsTheSame() =>
        Gen.Long[0, long.MaxValue].Sample(bytes => Assert.Equal(bytes, ByteSize.Parse(new ByteSize(bytes).ToString(), null).Bytes));
}
