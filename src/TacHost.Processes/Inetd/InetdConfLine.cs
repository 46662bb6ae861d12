using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Processes.Inetd;

/// <summary>A parser for a line of inetd.conf(5).</summary>
internal static class InetdConfLine
{
    private const string Form = "[host:]service type protocol wait|nowait user program argument-0 …";
    private const int FieldsBeforeArguments = 6;

    /// <summary>The replacement for bytes that are not UTF-8.</summary>
    private const char NotUtf8 = '\uFFFD';

    /// <summary>Splits a line into its fields.</summary>
    /// <exception cref="FormatException">A quote is not closed, or there is a control character or a byte that is not UTF-8.</exception>
    public static IReadOnlyList<string> Fields(string line)
    {
        List<string> fields = [];
        StringBuilder? field = null;
        char? quote = null;
        foreach (var character in line)
        {
            if (character == NotUtf8)
                throw new FormatException("there is a byte in it that is not UTF-8.");
            if (char.IsControl(character) && character != '\t')
                throw new FormatException($"there is a control character (U+{(int)character:X4}) in it.");
            if (quote is not null)
            {
                if (character == quote)
                    quote = null;
                else
                    field!.Append(character);
            }
            else if (character is ' ' or '\t')
            {
                if (field is not null)
                    fields.Add(field.ToString());
                field = null;
            }
            else if (character == '#' && field is null)
            {
                break;
            }
            else
            {
                field ??= new StringBuilder();
                if (character is '"' or '\'')
                    quote = character;
                else
                    field.Append(character);
            }
        }

        if (quote is not null)
            throw new FormatException($"a {quote} is not closed.");
        if (field is not null)
            fields.Add(field.ToString());
        return fields;
    }

    /// <summary>Parses the service of a line.</summary>
    /// <param name="fields">The fields, at least one.</param>
    /// <param name="defaultHost">The host of a service without a host.</param>
    /// <exception cref="FormatException">A field is invalid. The message contains the invalid part.</exception>
    public static InetdService Read(IReadOnlyList<string> fields, string defaultHost)
    {
        if (fields.Count < FieldsBeforeArguments)
            throw new FormatException($"there are {fields.Count} fields, and a line has at least {FieldsBeforeArguments}: {Form}.");
        var isDatagram = fields[1] switch
        {
            "stream" => false,
            "dgram" => true,
            _ => throw new FormatException($"the type '{fields[1]}' is neither 'stream' nor 'dgram'."),
        };
        var (wait, limits) = ReadWait(fields[3]);
        IReadOnlyList<string> arguments = fields.Count > FieldsBeforeArguments || fields[5] == InetdService.Internal ? [.. fields.Skip(FieldsBeforeArguments)] : [Path.GetFileName(fields[5])];
        var service = new InetdService(Address(fields[0], fields[2], isDatagram, defaultHost), fields[5] == InetdService.Internal ? fields[5] : ProgramPath.Find(fields[5]), arguments) with
        {
            Wait = wait,
            MaxPerMinute = limits.PerMinute,
            MaxConnections = limits.Connections,
            MaxPerMinuteAndAddress = limits.PerMinuteAndAddress,
            MaxPerAddress = limits.PerAddress,
        };
        if (isDatagram && !wait && service.InternalName is null)
            throw new FormatException("a datagram program must be 'wait', because it reads from the socket itself.");
        var (user, group) = User(fields[4]);
        if (service.InternalName is null)
            _ = Account.Find(user, group);
        return service with { User = user, Group = group };
    }

    /// <summary>Reads <c>user</c>, <c>user:group</c> or <c>user.group</c>. A name may have a dot in it, so that the whole is looked for first. A login class of BSD behind a slash means nothing here.</summary>
    /// <exception cref="FormatException">A part is empty.</exception>
    public static (string User, string? Group) User(string whole)
    {
        var text = whole.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 ? whole[..slash] : whole;
        var cut = text.IndexOf(':', StringComparison.Ordinal);
        if (cut < 0 && Native.Accounts.Find(text) is null)
            cut = text.LastIndexOf('.');
        var (user, group) = cut < 0 ? (text, null) : (text[..cut], text[(cut + 1)..]);
        return user.Length > 0 && group is not ""
            ? (user, group)
            : throw new FormatException($"'{text}' is not USER or USER:GROUP.");
    }

    private static InetdAddress Address(string service, string protocol, bool isDatagram, string defaultHost)
    {
        if (protocol == "unix")
            return new InetdAddress(InetdAddress.AllInterfaces, service, isDatagram ? InetdProtocol.UnixDatagram : InetdProtocol.Unix);
        var (host, name) = InetdAddress.Split(service);
        host ??= defaultHost;
        var isIPv6 = AddressText.TryParseScoped(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        return new InetdAddress(host, name, (protocol, isDatagram) switch
        {
            ("tcp", false) => isIPv6 ? InetdProtocol.Tcp6 : InetdProtocol.Tcp4,
            ("tcp4", false) => InetdProtocol.Tcp4,
            ("tcp6", false) => InetdProtocol.Tcp6,
            ("tcp46", false) => InetdProtocol.Tcp46,
            ("udp", true) => isIPv6 ? InetdProtocol.Udp6 : InetdProtocol.Udp4,
            ("udp4", true) => InetdProtocol.Udp4,
            ("udp6", true) => InetdProtocol.Udp6,
            ("udp46", true) => InetdProtocol.Udp46,
            _ => throw new FormatException($"the protocol '{protocol}' is not one of those of '{(isDatagram ? "dgram" : "stream")}': {(isDatagram ? "udp, udp4, udp6, udp46" : "tcp, tcp4, tcp6, tcp46")}, unix."),
        });
    }

    /// <summary>Reads <c>wait</c> or <c>nowait</c>, with <c>.MAX-PER-MINUTE</c> behind it, or with FreeBSD's <c>/MAX[/PER-MINUTE-AND-ADDRESS[/PER-ADDRESS]]</c>, of which 0 is no limit.</summary>
    private static (bool Wait, (int? PerMinute, int? Connections, int? PerMinuteAndAddress, int? PerAddress) Limits) ReadWait(string text)
    {
        var cut = text.IndexOfAny(['.', ':', '/']);
        var word = cut < 0 ? text : text[..cut];
        if (word is not ("wait" or "nowait"))
            throw Invalid();
        if (cut < 0)
            return (word == "wait", default);
        int[] numbers = [.. text[(cut + 1)..].Split('/').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Invalid())];
        if (text[cut] != '/')
            return numbers.Length == 1 ? (word == "wait", (numbers[0], null, null, null)) : throw Invalid();
        if (numbers.Length > 3)
            throw Invalid();
        if (word == "wait")
            throw new FormatException($"'{text}' has limits for clients, and only 'nowait' can have them: a program with 'wait' accepts its clients itself.");
        return (false, (null, Limit(0), Limit(1), Limit(2)));

        int? Limit(int index) => index < numbers.Length && numbers[index] > 0 ? numbers[index] : null;
        FormatException Invalid() => new($"'{text}' is not 'wait', 'nowait', either with '.N' for at most N programs in a minute, or 'nowait/MAX/PER-MINUTE-AND-ADDRESS/PER-ADDRESS'.");
    }
}
