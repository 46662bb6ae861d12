using TacHost.Services;

namespace TacHost.TestSupport.Services;

/// <summary>Does not come to the end of its start or its stop until it is released.</summary>
public sealed class StuckService : Service
{
    public Gate Start { get; init; } = Gate.Open();

    public Gate Stop { get; init; } = Gate.Open();

    public int Stops { get; private set; }

    protected override Task OnStartAsync(CancellationToken cancellationToken) => Start.PassAsync(cancellationToken);

    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        Stops++;
        return Stop.PassAsync(cancellationToken);
    }
}
