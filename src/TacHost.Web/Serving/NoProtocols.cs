using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Web.Serving;

/// <summary>The factory of listeners whose connections are all taken over.</summary>
internal sealed class NoProtocols : ServerFactory
{
    protected internal override Protocol? BuildProtocol(EndPoint peer) => null;
}
