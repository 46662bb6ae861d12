using System.Globalization;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>A listening socket that this process inherited: <c>fd:3</c>.</summary>
internal sealed class DescriptorServerEndpoint(int descriptor) : ServerEndpoint
{
    public static DescriptorServerEndpoint Parse(EndpointText text) => new(text.RequiredNumber("descriptor", int.MaxValue));

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print("fd", ("", descriptor.ToString(CultureInfo.InvariantCulture)));

    /// <inheritdoc/>
    internal override Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken)
    {
        settings.Application?.ListeningSockets.AddInherited(descriptor);
        listeners.Add(new StreamListener(InheritedSocket.Adopt(descriptor, $"'{this}'", settings.ServicePath), settings));
        return Task.CompletedTask;
    }
}
