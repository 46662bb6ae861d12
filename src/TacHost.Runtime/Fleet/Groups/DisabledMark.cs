namespace TacHost.Fleet.Groups;

/// <summary>The mark of an application that an operator has turned off, which outlives the process.</summary>
internal sealed class DisabledMark(string name, GroupContext context)
{
    public bool IsSet { get; private set; } = UnitRecord.Read(context.Places.StateFileOf(name)).IsOff;

    /// <summary>Sets or removes the mark. If the file cannot be written, the mark ends with the process.</summary>
    public void Set(bool isOff)
    {
        if (IsSet == isOff)
            return;
        IsSet = isOff;
        try
        {
            Directory.CreateDirectory(context.Places.RunDirectory);
            (UnitRecord.None with { IsOff = isOff }).Write(context.Places.StateFileOf(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            FleetLog.CannotSave(context.Log, name, e.Message);
        }
    }
}
