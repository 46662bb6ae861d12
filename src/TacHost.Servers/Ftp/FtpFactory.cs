using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Servers.Ftp;

/// <summary>Gives each client a session.</summary>
internal sealed class FtpFactory(FtpServer server) : ServerFactory
{
    protected internal override Protocol? BuildProtocol(EndPoint peer) => new FtpProtocol(server);
}
