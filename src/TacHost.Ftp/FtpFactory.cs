using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Ftp;

/// <summary>A factory that creates a session for each client.</summary>
internal sealed class FtpFactory(FtpServer server) : ServerFactory
{
    protected override Protocol? BuildProtocol(EndPoint peer) => new FtpProtocol(server);
}
