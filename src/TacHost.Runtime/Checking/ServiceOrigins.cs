using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using TacHost.Loading;
using TacHost.Services;

namespace TacHost.Checking;

/// <summary>Records the line of the tac file that creates each service.</summary>
/// <remarks>Constructors of services call the observer. A start registers none, and pays one look-up for each service.</remarks>
internal sealed class ServiceOrigins : IDisposable
{
    private const string Observer = "TacHost.ServiceObserver";

    private readonly ConditionalWeakTable<IService, SourcePlace> _places = [];

    /// <summary>Initializes the record and begins to observe.</summary>
    public ServiceOrigins() => AppContext.SetData(Observer, (Action<IService>)Record);

    public SourcePlace? Of(IService service) => _places.TryGetValue(service, out var place) ? place : null;

    public void Dispose() => AppContext.SetData(Observer, null);

    private void Record(IService service)
    {
        // Only the frame that is shown is looked up in the symbols, because that takes long.
        var frames = new StackTrace(fNeedFileInfo: false).GetFrames();
        var index = Array.FindIndex(frames, frame => frame.GetMethod() is { } method && IsolatedLoadContext.IsMainCode(method.Module.Assembly) && !IsConstructorOf(method, service));
        if (index >= 0 && SourcePlace.Of(new StackFrame(index, needFileInfo: true)) is { } place)
            _places.AddOrUpdate(service, place);
    }

    private static bool IsConstructorOf(MethodBase method, IService service) => method is ConstructorInfo && method.DeclaringType?.IsInstanceOfType(service) == true;
}
