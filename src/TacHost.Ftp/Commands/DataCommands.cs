using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.Ftp.Data;
using TacHost.Ftp.Sessions;
using TacHost.Services.Networking;

namespace TacHost.Ftp.Commands;

/// <summary>The commands that set up the next data connection (RFC 959; RFC 2428 for EPSV and EPRT).</summary>
internal static class DataCommands
{
    private const int FirstUnprivilegedPort = 1024;

    public static readonly FtpCommand[] All =
    [
        new("PASV", "", Needs.Login, Passive),
        new("EPSV", "[1, 2 or ALL]", Needs.Login, ExtendedPassive),
        new("PORT", "<h1,h2,h3,h4,p1,p2>", Needs.Login, Port),
        new("EPRT", "<|1 or 2|address|port|>", Needs.Login, ExtendedPort),
    ];

    private static Reply Passive(FtpSession session, string argument)
    {
        if (session.EpsvOnly)
            return OnlyEpsv();
        if (session.Local.AddressFamily != AddressFamily.InterNetwork)
            return new Reply(425, "PASV requires IPv4, use EPSV.");
        if (Listen(session) is not { } channel)
            return NoPort();
        var address = (session.Server.PassiveAddress ?? session.Local.Address).GetAddressBytes();
        return new Reply(227, string.Create(CultureInfo.InvariantCulture, $"Entering passive mode ({string.Join(',', address)},{channel.Port >> 8},{channel.Port & 0xFF})."));
    }

    private static Reply ExtendedPassive(FtpSession session, string argument)
    {
        if (argument.Equals("ALL", StringComparison.OrdinalIgnoreCase))
        {
            session.EpsvOnly = true;
            return new Reply(200, "EPSV ALL ok.");
        }

        if (argument.Length > 0 && argument != Family(session))
            return argument is "1" or "2" ? WrongFamily(session) : new Reply(501, "Syntax: EPSV [1, 2 or ALL]");
        return Listen(session) is { } channel
            ? new Reply(229, string.Create(CultureInfo.InvariantCulture, $"Entering extended passive mode (|||{channel.Port}|)."))
            : NoPort();
    }

    private static Reply Port(FtpSession session, string argument)
    {
        var numbers = argument.Split(',');
        var bytes = new byte[6];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (numbers.Length != bytes.Length || !byte.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
                return new Reply(501, "Syntax: PORT h1,h2,h3,h4,p1,p2");
        }

        return Connect(session, new IPAddress(bytes.AsSpan(0, 4)), (bytes[4] << 8) | bytes[5]);
    }

    private static Reply ExtendedPort(FtpSession session, string argument)
    {
        var parts = argument.Split(argument[0]);
        if (parts is not ["", var family, var text, var number, ""]
            || !AddressText.TryParse(text, out var address)
            || !ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return new Reply(501, "Syntax: EPRT |1 or 2|address|port|");
        }

        return family == Family(session) ? Connect(session, address, port) : WrongFamily(session);
    }

    /// <summary>Accepts only the address of the client and unprivileged ports, because other targets would permit bounce attacks (RFC 2577).</summary>
    private static Reply Connect(FtpSession session, IPAddress address, int port)
    {
        if (session.EpsvOnly)
            return OnlyEpsv();
        if (!address.GetAddressBytes().AsSpan().SequenceEqual(session.Peer.Address.GetAddressBytes()) || port < FirstUnprivilegedPort)
        {
            session.Server.RefusalLines.Write(more => FtpLog.BounceRefused(session.Logger, session.Peer, new IPEndPoint(address, port).ToString(), more));
            return new Reply(504, "Illegal port command: only the address of the client and ports from 1024 are allowed.");
        }

        session.ReplaceChannel(new ActiveDataChannel(session.Local.Address, new IPEndPoint(session.Peer.Address, port)));
        return new Reply(200, "PORT command successful.");
    }

    private static PassiveDataChannel? Listen(FtpSession session)
    {
        // Close an unused listener first, because its port may be the last in the range.
        session.ReplaceChannel(null);
        var channel = PassiveDataChannel.TryListen(session.Local.Address, session.Server.PassivePorts, session.Peer, session.Logger, session.Server.RefusalLines);
        session.ReplaceChannel(channel);
        return channel;
    }

    private static string Family(FtpSession session) => session.Local.AddressFamily == AddressFamily.InterNetwork ? "1" : "2";

    private static Reply WrongFamily(FtpSession session) => new(522, $"Network protocol not supported, use ({Family(session)})");

    private static Reply OnlyEpsv() => new(503, "Only EPSV is allowed after EPSV ALL.");

    private static Reply NoPort() => new(425, "All passive ports are in use, try again later.");
}
