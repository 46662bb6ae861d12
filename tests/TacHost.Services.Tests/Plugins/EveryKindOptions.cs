using System.Net;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Services.Tests.Plugins;

/// <summary>One option of each kind.</summary>
public sealed class EveryKindOptions
{
    public enum Colour
    {
        Red,
        DarkBlue,
    }

    [Option("text", 't', "a text", Choices = ["one", "two"])]
    public string? Text { get; init; }

    [Option("any", "any text")]
    public string Any { get; set; } = "thing";

    [Option("flag", 'f', "a flag")]
    public bool Flag { get; set; }

    [Option("lit", 'l', "a flag that is on")]
    public bool Lit { get; set; } = true;

    [Option("count", 'c', "a number")]
    public int Count { get; set; } = 3;

    [Option("few", "a number with limits", Minimum = 1, Maximum = 10)]
    public int Few { get; set; } = 3;

    [Option("ratio", "a number with a point", Minimum = 0)]
    public double Ratio { get; set; } = 0.5;

    [Option("port", 'p', "a port")]
    public Port Port { get; set; } = 2121;

    [Option("real-port", "a port but 0", Minimum = 1)]
    public Port? RealPort { get; set; }

    [Option("iface", "where to listen")]
    public Iface Iface { get; set; } = "localhost";

    [Option("address", "an address")]
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    [Option("place", "an address and a port")]
    public IPEndPoint? Place { get; set; }

    [Option("network", "a network")]
    public IPNetwork? Network { get; set; }

    [Option("listen", "a server endpoint")]
    public ServerEndpoint Listen { get; set; } = Endpoint.Parse("tcp:8080");

    [Option("upstream", "a client endpoint")]
    public ClientEndpoint? Upstream { get; set; }

    [Option("file", "a file")]
    public ExistingFile? File { get; set; }

    [Option("directory", "a directory")]
    public ExistingDirectory? Directory { get; set; }

    [Option("path", "a path")]
    public FilePath? Path { get; set; }

    [Option("time", "a time", Maximum = 3600)]
    public TimeSpan Time { get; set; } = TimeSpan.FromSeconds(90);

    [Option("size", "a size")]
    public ByteSize Size { get; set; } = 1_000_000;

    [Option("colour", "a colour")]
    public Colour Paint { get; set; } = Colour.DarkBlue;

    [Option("url", "a URL")]
    public Uri? Url { get; set; }

    [Option("id", "a type that parses itself")]
    public Guid? Id { get; set; }

    [Option("level", "a type with words of its own")]
    public Level? Height { get; set; }

    [Option("serve", "pairs")]
    public IReadOnlyList<KeyValuePair<Port, ExistingFile>> Serve { get; set; } = [];

    [Option("numbers", 'n', "numbers")]
    public List<int> Numbers { get; set; } = [1, 2];

    [Option("hosts", "names")]
    public string[] Hosts { get; set; } = [];

    [OptionType("LEVEL", "a level such as L3")]
    public readonly record struct Level(int Number) : IParsable<Level>
    {
        public static Level Parse(string s, IFormatProvider? provider) => s is ['L', .. var number] ? new(int.Parse(number, provider)) : throw new FormatException();

        public static bool TryParse(string? s, IFormatProvider? provider, out Level result) => throw new NotSupportedException();

        public override string ToString() => $"L{Number}";
    }
}
