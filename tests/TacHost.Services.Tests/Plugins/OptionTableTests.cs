using System.Globalization;
using CsCheck;
using TacHost.Services.Plugins;

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
        { "--text", "tow", "'tow' cannot be the --text, which is one of one, two. Did you mean 'two'?" },
        { "--count", "many", "'many' cannot be the --count, which is a whole number." },
        { "--count", "99999999999", "'99999999999' cannot be the --count" },
        { "--few", "0", "'0' cannot be the --few, which is a whole number between 1 and 10." },
        { "--few", "11", "'11' cannot be the --few" },
        { "--ratio", "-1", "'-1' cannot be the --ratio, which is a number, 0 or more." },
        { "--ratio", "NaN", "'NaN' cannot be the --ratio" },
        { "--port", "65536", "'65536' cannot be the --port, which is a port between 0 and 65535." },
        { "--port", "-1", "'-1' cannot be the --port" },
        { "--port", "", "'' cannot be the --port" },
        { "--port", "http", "'http' cannot be the --port" },
        { "--real-port", "0", "'0' cannot be the --real-port, which is a port, 1 or more." },
        { "--iface", "two words", "'two words' cannot be the --iface, which is an address, a host name or the name of a network interface." },
        { "--iface", "127.1", "'127.1' cannot be the --iface" },
        { "--iface", "300.0.0.1", "'300.0.0.1' cannot be the --iface" },
        { "--address", "1", "'1' cannot be the --address, which is an IP address." },
        { "--address", "localhost", "'localhost' cannot be the --address" },
        { "--place", "127.0.0.1", "'127.0.0.1' cannot be the --place, which is an IP address and a port" },
        { "--place", "1:80", "'1:80' cannot be the --place" },
        { "--network", "10.0.0.0/33", "'10.0.0.0/33' cannot be the --network, which is a network such as 10.0.0.0/8." },
        { "--listen", "tpc:80", "'tpc:80' cannot be the --listen: " },
        { "--upstream", "80", "'80' cannot be the --upstream: " },
        { "--file", "/nowhere", "'/nowhere' cannot be the --file, which is a file that exists." },
        { "--file", "/etc", "'/etc' cannot be the --file" },
        { "--directory", "/etc/passwd", "'/etc/passwd' cannot be the --directory, which is a directory that exists." },
        { "--path", "", "'' cannot be the --path, which is a path." },
        { "--path", "a\0b", "cannot be the --path" },
        { "--time", "soon", "'soon' cannot be the --time, which is a time such as 30s, 5m or 1h30m, 1h or less." },
        { "--time", "61m", "'61m' cannot be the --time" },
        { "--time", "30m1h", "'30m1h' cannot be the --time" },
        { "--time", "-1s", "'-1s' cannot be the --time" },
        { "--time", "1s1s", "'1s1s' cannot be the --time" },
        { "--time", "", "'' cannot be the --time" },
        { "--time", "999999999999999999d", "cannot be the --time" },
        { "--size", "10m", "'10m' cannot be the --size, which is a number of bytes such as 1000000, 500k or 10M." },
        { "--size", "99999999999999G", "cannot be the --size" },
        { "--colour", "rde", "'rde' cannot be the --colour, which is one of red, dark-blue. Did you mean 'red'?" },
        { "--colour", "1", "'1' cannot be the --colour" },
        { "--url", "/x", "'/x' cannot be the --url, which is a URL such as" },
        { "--id", "1", "'1' cannot be the --id: " },
        { "--level", "3", "'3' cannot be the --level, which is a level such as L3." },
        { "--level", "L", "'L' cannot be the --level" },
        { "--serve", "80", "'80' cannot be the --serve, which is PORT=FILE with a port between 0 and 65535 and a file that exists." },
        { "--serve", "80=/nowhere", "'80=/nowhere' cannot be the --serve" },
        { "--numbers", "x", "'x' cannot be the --numbers" },
        { "--flag", "yes", "--flag takes no value, and '--flag=yes' gives it one." },
        { "--lit", "", "--lit takes no value, and '--lit=' gives it one." },
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
        var options = OptionTable.Read<EveryKindOptions>($"{option}={value}");

        Assert.Equal(expected, Convert.ToString(property(options), CultureInfo.InvariantCulture));
        if (value.Length > 0 && value[0] != '-')
            Assert.Equal(expected, Convert.ToString(property(OptionTable.Read<EveryKindOptions>(option, value)), CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Read_BadValue_NamesOptionValueAndWhatIsExpected(string option, string value, string said)
    {
        var e = Assert.Throws<UsageException>(() => OptionTable.Read<EveryKindOptions>($"{option}={value}"));

        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Nothing_LeavesTheInitialisers()
    {
        var options = OptionTable.Read<EveryKindOptions>();

        Assert.Equal((2121, "localhost", true, "1 2"), (options.Port.Number, options.Iface.Name, options.Lit, string.Join(' ', options.Numbers)));
        Assert.Null(options.File);
    }

    [Fact]
    public void Read_AsGetopt_BundlesJoinsAndShortens()
    {
        var options = OptionTable.Read<EveryKindOptions>("-fp80", "-n", "7", "-n8", "--no-lit", "--rat", "2", "--hosts=a", "--hosts=b", "--");

        Assert.Equal((true, 80, false, 2d, "7 8", "a b"), (options.Flag, options.Port.Number, options.Lit, options.Ratio, string.Join(' ', options.Numbers), string.Join(' ', options.Hosts)));
        Assert.Equal(5, OptionTable.Read<EveryKindOptions>("-c1", "-c", "5").Count);
        Assert.True(OptionTable.Read<EveryKindOptions>("--no-lit", "-l").Lit);
    }

    [Theory]
    [InlineData("--prot", "there is no option '--prot'. Did you mean '--port'?")]
    [InlineData("--frobnicate", "there is no option '--frobnicate'. See tachost every --help.")]
    [InlineData("--f", "'--f' may be --flag or --few or --file. Write one of them out.")]
    [InlineData("-x", "there is no option '-x'. See tachost every --help.")]
    [InlineData("-fx", "there is no option '-x' as in '-fx'.")]
    [InlineData("--no-port", "there is no option '--no-port'")]
    [InlineData("--port", "--port is the last word, and needs a value: --port PORT.")]
    [InlineData("-p", "-p is the last word, and needs a value: -p PORT.")]
    [InlineData("word", "'word' is one word too many.")]
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
                OptionTable.Read<EveryKindOptions>(words);
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
            Assert.Equal(time, OptionTable.Read<EveryKindOptions>("--time", text!).Time);
        });

    [Fact]
    public void ByteSize_Printed_IsReadAsTheSame() =>
        Gen.Long[0, long.MaxValue].Sample(bytes => Assert.Equal(bytes, ByteSize.Parse(new ByteSize(bytes).ToString(), null).Bytes));
}
