"""Cases: what is investigated, the money that left and came back, the incidents it grew out of."""
