using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Servers.Inetd;

/// <summary>Reads one line of inetd.conf(5).</summary>
internal static class InetdConfLine
{
    private const string Form = "[host:]service type protocol wait|nowait user program argument-0 …";
    private const int FieldsBeforeArguments = 6;

    /// <summary>Cuts a line into its fields.</summary>
    /// <exception cref="FormatException">A quote is not closed, or there is a control character.</exception>
    public static IReadOnlyList<string> Fields(string line)
    {
        List<string> fields = [];
        StringBuilder? field = null;
        char? quote = null;
        foreach (var character in line)
        {
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

    /// <summary>Reads the service of a line.</summary>
    /// <param name="fields">Its fields, one at least.</param>
    /// <param name="defaultHost">The host of services that name none.</param>
    /// <exception cref="FormatException">It cannot be meant so; the message names the part that is wrong.</exception>
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
        var (wait, most) = Waiting(fields[3]);
        InetdService service = new(Place(fields[0], fields[2], isDatagram, defaultHost), fields[5], [.. fields.Skip(FieldsBeforeArguments)]) { Wait = wait, MaxPerMinute = most };
        if (isDatagram && !wait && service.InternalName is null)
            throw new FormatException("a program for datagrams has to be 'wait': it reads them from the socket itself.");
        var (user, group) = User(fields[4]);
        if (service.InternalName is null)
            _ = Account.Find(user, group);
        return service with { User = user, Group = group };
    }

    /// <summary>Reads <c>user</c>, <c>user:group</c> or <c>user.group</c>. A name may have a dot in it, so that the whole is looked for first.</summary>
    /// <exception cref="FormatException">A part is empty.</exception>
    public static (string User, string? Group) User(string text)
    {
        var cut = text.IndexOf(':', StringComparison.Ordinal);
        if (cut < 0 && Interop.SystemDatabases.User(text) is null)
            cut = text.LastIndexOf('.');
        var (user, group) = cut < 0 ? (text, null) : (text[..cut], text[(cut + 1)..]);
        return user.Length > 0 && group is not ""
            ? (user, group)
            : throw new FormatException($"'{text}' is not a user, with a group behind a colon or without.");
    }

    private static InetdPlace Place(string service, string protocol, bool isDatagram, string defaultHost)
    {
        if (protocol == "unix")
            return new InetdPlace(InetdPlace.AllInterfaces, service, isDatagram ? InetdProtocol.UnixDatagram : InetdProtocol.Unix);
        var (host, name) = InetdPlace.Split(service);
        host ??= defaultHost;
        var isIPv6 = AddressText.TryParseScoped(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        return new InetdPlace(host, name, (protocol, isDatagram) switch
        {
            ("tcp", false) => isIPv6 ? InetdProtocol.Tcp6 : InetdProtocol.Tcp4,
            ("tcp4", false) => InetdProtocol.Tcp4,
            ("tcp6", false) => InetdProtocol.Tcp6,
            ("tcp46", false) => InetdProtocol.Tcp46,
            ("udp", true) => isIPv6 ? InetdProtocol.Udp6 : InetdProtocol.Udp4,
            ("udp4", true) => InetdProtocol.Udp4,
            ("udp6", true) => InetdProtocol.Udp6,
            ("udp46", true) => InetdProtocol.Udp46,
            _ => throw new FormatException($"the protocol '{protocol}' is none of those of '{(isDatagram ? "dgram" : "stream")}': {(isDatagram ? "udp, udp4, udp6, udp46" : "tcp, tcp4, tcp6, tcp46")}, unix."),
        });
    }

    private static (bool Wait, int? Most) Waiting(string text)
    {
        var cut = text.IndexOfAny(['.', ':']);
        int? most = null;
        if (cut >= 0)
            most = int.TryParse(text[(cut + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong();
        return (cut < 0 ? text : text[..cut]) switch
        {
            "wait" => (true, most),
            "nowait" => (false, most),
            _ => throw Wrong(),
        };

        FormatException Wrong() => new($"'{text}' is neither 'wait' nor 'nowait', with a dot and the number of programs that may be started in a minute behind it or without.");
    }
}
